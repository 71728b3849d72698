// The words of an HTML body, for showing mail that has no plain text. Not a renderer: tags vanish,
// blocks become lines, the common entities become their characters, and nothing is ever fetched or
// run.
#pragma once

#include <string>
#include <string_view>

namespace mailscope {

/// `html` and the result are UTF-8; lines end with LF. Total and linear on any bytes.
std::string text_from_html(std::string_view html);

}  // namespace mailscope
