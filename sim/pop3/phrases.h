// What the server says for people, in each language that LANG offers (RFC 6856 §3). English is what
// it speaks until asked. Nothing here is read by programs: response codes, numbers and names stand
// outside of these texts.
#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mailscope::pop3 {

enum class Phrase : uint8_t {
  kReady,
  kLineTooLong,
  kBareLf,
  kNoCommand,
  kUnknownCommand,
  kWrongState,
  kTooManyErrors,
  kNowPassword,
  kUserFirst,
  kWrongLogin,
  kLocked,
  kTooSoon,
  kPassingTrouble,
  kLastingTrouble,
  kOpened,
  kTlsFirst,
  kBeginTls,
  kTlsActive,
  kNoTlsAfterUtf8,
  kUnknownMechanism,
  kNotBase64,
  kMalformedResponse,
  kCancelled,
  kCapabilities,
  kUtf8Mode,
  kNeedsUtf8,
  kLanguages,
  kLanguageChanged,
  kUnknownLanguage,
  kNoSuchMessage,
  kAlreadyDeleted,
  kGone,
  kMessages,
  kUniqueIds,
  kOctets,
  kTopFollows,
  kDeleted,
  kMaildropHas,
  kSomeNotRemoved,
  kRemovedAndLeft,
  kSigningOff,
};

struct LanguageRow {
  const char* tag;   // RFC 5646
  const char* name;  // in itself
};
inline constexpr LanguageRow kLanguages[] = {{"en", "English"}, {"zh", "中文"}, {"de", "Deutsch"}};
constexpr size_t kLanguageCount = sizeof(kLanguages) / sizeof(kLanguages[0]);

/// The language for a language range (RFC 4647 §3.4 lookup: "zh-CN" finds "zh"); "*" is the
/// server's own. Nothing when there is none.
std::optional<size_t> find_language(std::string_view range);

/// With {0}, {1}... where the arguments go.
const char* phrase_text(Phrase phrase, size_t language);

template <class... Arguments>
std::string said(Phrase phrase, size_t language, const Arguments&... arguments) {
  return fmt::format(fmt::runtime(phrase_text(phrase, language)), arguments...);
}

}  // namespace mailscope::pop3
