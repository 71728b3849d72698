// Any bytes as the value of each kind of header field, and as a header. What is decoded for people
// must be UTF-8; what was encoded must be read back as it was.
#include <cstddef>
#include <cstdint>
#include <iterator>

#include "sim/base/check.h"
#include "sim/wire/address.h"
#include "sim/wire/base64.h"
#include "sim/wire/charset.h"
#include "sim/wire/date.h"
#include "sim/wire/encoded_word.h"
#include "sim/wire/header.h"
#include "sim/wire/mime_fields.h"
#include "sim/wire/quoted_printable.h"

namespace {

using namespace mailscope;

void check_dates(std::string_view text) {
  for (const auto& date :
       {parse_rfc5322_date(text), parse_internal_date(text), parse_asctime_date(text)}) {
    if (!date) continue;
    // A year before 1 or after 9999 in UTC is cut off, so only what is inside comes back.
    const int32_t year = local_date(*date).year;
    if (year <= 1 || year >= 9999) continue;
    CHECK(parse_internal_date(encode_internal_date(*date)) == date);
    CHECK(parse_rfc5322_date(encode_rfc5322_date(*date)) == date);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  size_t at = 0;
  for (const HeaderField& field : parse_header(text).fields) {
    CHECK(field.whole.begin == at);
    CHECK(field.name.end <= field.value.begin || field.name.empty());
    CHECK(field.value.end <= field.whole.end);
    at = field.whole.end;
  }
  for (const Address& address : parse_addresses(text)) address_spec(address);
  check_dates(text);
  CHECK(valid_utf8(decode_encoded_words(text)));
  if (const auto media = parse_content_type(text)) {
    CHECK(valid_utf8(param_text(media->params, "name").value_or("")));
  }
  parse_content_disposition(text);
  parse_languages(text);
  // Opening a converter is slow, so each input is tried with one.
  constexpr const char* kCharsets[] = {"utf-8",     "iso-2022-jp",  "gb2312",    "big5",
                                       "euc-kr",    "utf-7",        "utf-16",    "iso-2022-kr",
                                       "shift_jis", "windows-1258", "unheard-of"};
  CHECK(valid_utf8(utf8_from_charset(text, kCharsets[size % std::size(kCharsets)])));
  CHECK(parse_base64(encode_base64(text)) == text);
  CHECK(decode_base64(encode_base64_lines(text)) == text);
  CHECK(decode_quoted_printable(encode_quoted_printable(text)) == text);
  decode_quoted_printable(text);
  decode_base64(text);
  return 0;
}
