#include "sim/pop3/phrases.h"

#include "sim/base/ascii.h"
#include "sim/base/check.h"

namespace mailscope::pop3 {
namespace {

struct PhraseRow {
  Phrase phrase;
  const char* texts[kLanguageCount];
};

constexpr PhraseRow kPhrases[] = {
    {Phrase::kReady, {"{0} POP3 server ready", "{0} POP3 服务器就绪", "{0} POP3-Server bereit"}},
    {Phrase::kLineTooLong, {"line too long", "行太长", "Zeile zu lang"}},
    {Phrase::kBareLf, {"lines end with CRLF", "行必须以 CRLF 结束", "Zeilen enden mit CRLF"}},
    {Phrase::kNoCommand, {"no command here", "这里没有命令", "kein Befehl"}},
    {Phrase::kUnknownCommand, {"unknown command", "未知命令", "unbekannter Befehl"}},
    {Phrase::kWrongState,
     {"{0} is not for the {1} state", "{0} 不能用于 {1} 状态",
      "{0} ist im Zustand {1} nicht erlaubt"}},
    {Phrase::kTooManyErrors,
     {"too many errors, closing", "错误太多，关闭连接", "zu viele Fehler, Verbindung endet"}},
    {Phrase::kNowPassword, {"now the password", "请给出口令", "nun das Passwort"}},
    {Phrase::kUserFirst, {"say USER first", "请先发送 USER", "zuerst USER"}},
    {Phrase::kWrongLogin,
     {"invalid user name or password", "用户名或口令错误", "Benutzername oder Passwort falsch"}},
    {Phrase::kLocked, {"maildrop already locked", "邮箱已被锁定", "Postfach ist bereits gesperrt"}},
    {Phrase::kTooSoon,
     {"minimum time between logins is {0} seconds", "两次登录至少间隔 {0} 秒",
      "zwischen zwei Anmeldungen liegen mindestens {0} Sekunden"}},
    {Phrase::kPassingTrouble,
     {"the maildrop cannot be opened just now", "邮箱暂时无法打开",
      "das Postfach ist im Augenblick nicht zugänglich"}},
    {Phrase::kLastingTrouble,
     {"the maildrop cannot be opened; call the postmaster", "邮箱无法打开，请联系邮件管理员",
      "das Postfach ist nicht zugänglich; bitte den Postmaster verständigen"}},
    {Phrase::kOpened,
     {"maildrop locked and ready, {0} messages ({1} octets)",
      "邮箱已锁定并就绪，共 {0} 封邮件（{1} 字节）",
      "Postfach gesperrt und bereit, {0} Nachrichten ({1} Oktette)"}},
    {Phrase::kTlsFirst, {"TLS first", "请先启用 TLS", "zuerst TLS"}},
    {Phrase::kBeginTls, {"begin TLS negotiation", "开始 TLS 协商", "TLS-Verhandlung beginnt"}},
    {Phrase::kTlsActive, {"TLS is already active", "TLS 已经启用", "TLS ist bereits aktiv"}},
    {Phrase::kNoTlsAfterUtf8,
     {"no STLS after UTF8", "UTF8 之后不能再用 STLS", "kein STLS nach UTF8"}},
    {Phrase::kUnknownMechanism,
     {"mechanism not offered", "不提供这种认证机制", "Mechanismus nicht angeboten"}},
    {Phrase::kNotBase64, {"this is no base64", "这不是 base64", "das ist kein base64"}},
    {Phrase::kMalformedResponse,
     {"this is no response to {0}", "这不是 {0} 的响应", "das ist keine Antwort auf {0}"}},
    {Phrase::kCancelled,
     {"authentication cancelled", "认证已取消", "Authentifizierung abgebrochen"}},
    {Phrase::kCapabilities,
     {"capability list follows", "能力列表如下", "Liste der Fähigkeiten folgt"}},
    {Phrase::kUtf8Mode, {"UTF-8 mode", "UTF-8 模式", "UTF-8-Modus"}},
    {Phrase::kNeedsUtf8,
     {"this message needs UTF-8 mode", "这封邮件需要 UTF-8 模式",
      "diese Nachricht verlangt den UTF-8-Modus"}},
    {Phrase::kLanguages, {"language listing follows", "语言列表如下", "Liste der Sprachen folgt"}},
    {Phrase::kLanguageChanged, {"language changed", "语言已更改", "Sprache gewechselt"}},
    {Phrase::kUnknownLanguage,
     {"no such language: {0}", "没有这种语言：{0}", "keine solche Sprache: {0}"}},
    {Phrase::kNoSuchMessage, {"no such message", "没有这封邮件", "keine solche Nachricht"}},
    {Phrase::kAlreadyDeleted,
     {"message {0} already deleted", "第 {0} 封邮件已被删除",
      "Nachricht {0} ist bereits gelöscht"}},
    {Phrase::kGone, {"message is gone", "邮件已不存在", "die Nachricht ist nicht mehr da"}},
    {Phrase::kMessages,
     {"{0} messages ({1} octets)", "{0} 封邮件（{1} 字节）", "{0} Nachrichten ({1} Oktette)"}},
    {Phrase::kUniqueIds, {"unique-ids follow", "唯一标识如下", "eindeutige Kennungen folgen"}},
    {Phrase::kOctets, {"{0} octets", "{0} 字节", "{0} Oktette"}},
    {Phrase::kTopFollows, {"top of message follows", "邮件开头如下", "Anfang der Nachricht folgt"}},
    {Phrase::kDeleted,
     {"message {0} deleted", "第 {0} 封邮件已标记删除", "Nachricht {0} gelöscht"}},
    {Phrase::kMaildropHas,
     {"maildrop has {0} messages ({1} octets)", "邮箱中有 {0} 封邮件（{1} 字节）",
      "das Postfach hat {0} Nachrichten ({1} Oktette)"}},
    {Phrase::kSomeNotRemoved,
     {"some deleted messages not removed", "部分已标记的邮件未能删除",
      "einige gelöschte Nachrichten wurden nicht entfernt"}},
    {Phrase::kRemovedAndLeft,
     {"{0} POP3 server signing off ({1} messages removed, {2} left)",
      "{0} POP3 服务器道别（删除 {1} 封，剩余 {2} 封）",
      "{0} POP3-Server verabschiedet sich ({1} Nachrichten entfernt, {2} übrig)"}},
    {Phrase::kSigningOff,
     {"{0} POP3 server signing off", "{0} POP3 服务器道别", "{0} POP3-Server verabschiedet sich"}},
};

constexpr bool in_order() {
  size_t at = 0;
  for (const PhraseRow& row : kPhrases) {
    if (static_cast<size_t>(row.phrase) != at++) return false;
  }
  return at == static_cast<size_t>(Phrase::kSigningOff) + 1;
}
static_assert(in_order(), "one row for each phrase, in their order");

}  // namespace

std::optional<size_t> find_language(std::string_view range) {
  if (range == "*") return 0;
  while (!range.empty()) {
    for (size_t i = 0; i < kLanguageCount; ++i) {
      if (equals_ignoring_case(range, kLanguages[i].tag)) return i;
    }
    const size_t dash = range.rfind('-');
    range = range.substr(0, dash == std::string_view::npos ? 0 : dash);
  }
  return std::nullopt;
}

const char* phrase_text(Phrase phrase, size_t language) {
  CHECK(language < kLanguageCount);
  return kPhrases[static_cast<size_t>(phrase)].texts[language];
}

}  // namespace mailscope::pop3
