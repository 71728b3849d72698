// The extensions of IMAP that Mailscope knows, one row each: the switches of a server, the words of
// CAPABILITY, and what a command may only say where they are offered. The grammar notes for each
// command which of them it made use of (CommandLine::uses), so that a server without one refuses
// what a server with it understands. RFC 3501 §6.1.1 and §7.2.1 (CAPABILITY); each row names its
// own.
#pragma once

#include <cstdint>
#include <string_view>

namespace mailscope::imap {

enum class Extension : uint8_t {
  kRev1, kRev2,
  kLiteralPlus, kLiteralMinus, kSaslIr, kStartTls, kLoginDisabled, kId, kEnable, kIdle, kUnselect,
  kUidPlus, kMove, kNamespace, kChildren, kListExtended, kListStatus, kSpecialUse,
  kCreateSpecialUse, kSubscriptions, kStatusSize, kCondStore, kQresync, kUidOnly, kEsearch,
  kSearchRes, kWithin, kSort, kSortDisplay, kEsort, kThreadSubject, kThreadReferences,
  kI18nLevel1, kContextSearch, kContextSort, kPartial, kBinary, kMultiAppend, kCatenate, kReplace,
  kAppendLimit, kQuota, kQuotaSet, kAcl, kMetadata, kMetadataServer, kNotify, kObjectId, kSaveDate,
  kPreview, kUtf8Accept, kInProgress, kCompress, kAuthPlain, kAuthLogin, kAuthCramMd5,
  kAuthScramSha256
};
constexpr uint32_t kExtensionCount = 57;

/// A set of extensions: one bit each.
using ExtensionSet = uint64_t;
constexpr ExtensionSet bit(Extension extension) {
  return ExtensionSet{1} << static_cast<int>(extension);
}

/// When CAPABILITY names it.
enum class Offered : uint8_t {
  kAlways,
  kBeforeLogin,  // means nothing once somebody is logged in
  kNever,        // has no word of its own
};

struct ExtensionRow {
  Extension extension;
  const char* name;    // in a scenario; the word of CAPABILITY, but for what the server adds to it
  Offered offered;
  ExtensionSet needs;  // what it cannot do without: offered with it
  const char* section;
};

/// In the order in which CAPABILITY names them.
inline constexpr ExtensionRow kExtensions[] = {
    {Extension::kRev1, "IMAP4rev1", Offered::kAlways, 0, "RFC 3501 §6.1.1"},
    {Extension::kRev2, "IMAP4rev2", Offered::kAlways, bit(Extension::kEnable),
     "RFC 9051 §6.1.1"},
    {Extension::kLiteralPlus, "LITERAL+", Offered::kAlways, 0, "RFC 7888 §3"},
    {Extension::kLiteralMinus, "LITERAL-", Offered::kAlways, 0, "RFC 7888 §5"},
    {Extension::kSaslIr, "SASL-IR", Offered::kBeforeLogin, 0, "RFC 4959 §3"},
    {Extension::kStartTls, "STARTTLS", Offered::kBeforeLogin, 0, "RFC 3501 §6.2.1"},
    {Extension::kLoginDisabled, "LOGINDISABLED", Offered::kBeforeLogin, 0, "RFC 3501 §6.2.3"},
    {Extension::kId, "ID", Offered::kAlways, 0, "RFC 2971 §3.1"},
    {Extension::kEnable, "ENABLE", Offered::kAlways, 0, "RFC 5161 §3.1"},
    {Extension::kIdle, "IDLE", Offered::kAlways, 0, "RFC 2177 §3"},
    {Extension::kUnselect, "UNSELECT", Offered::kAlways, 0, "RFC 3691 §2"},
    {Extension::kUidPlus, "UIDPLUS", Offered::kAlways, 0, "RFC 4315 §2"},
    {Extension::kMove, "MOVE", Offered::kAlways, 0, "RFC 6851 §3"},
    {Extension::kNamespace, "NAMESPACE", Offered::kAlways, 0, "RFC 2342 §5"},
    {Extension::kChildren, "CHILDREN", Offered::kAlways, 0, "RFC 3348 §3"},
    {Extension::kListExtended, "LIST-EXTENDED", Offered::kAlways, 0, "RFC 5258 §3"},
    {Extension::kListStatus, "LIST-STATUS", Offered::kAlways, bit(Extension::kListExtended),
     "RFC 5819 §2"},
    {Extension::kSpecialUse, "SPECIAL-USE", Offered::kAlways, 0, "RFC 6154 §2"},
    {Extension::kCreateSpecialUse, "CREATE-SPECIAL-USE", Offered::kAlways,
     bit(Extension::kSpecialUse), "RFC 6154 §3"},
    {Extension::kSubscriptions, "SUBSCRIBE", Offered::kNever, 0, "RFC 3501 §6.3.6"},
    {Extension::kStatusSize, "STATUS=SIZE", Offered::kAlways, 0, "RFC 8438 §2"},
    {Extension::kCondStore, "CONDSTORE", Offered::kAlways, 0, "RFC 7162 §3.1"},
    {Extension::kQresync, "QRESYNC", Offered::kAlways,
     bit(Extension::kCondStore) | bit(Extension::kEnable), "RFC 7162 §3.2"},
    {Extension::kUidOnly, "UIDONLY", Offered::kAlways, bit(Extension::kEnable), "RFC 9586 §3"},
    {Extension::kEsearch, "ESEARCH", Offered::kAlways, 0, "RFC 4731 §3"},
    {Extension::kSearchRes, "SEARCHRES", Offered::kAlways, bit(Extension::kEsearch),
     "RFC 5182 §2"},
    {Extension::kWithin, "WITHIN", Offered::kAlways, 0, "RFC 5032 §3"},
    {Extension::kSort, "SORT", Offered::kAlways, 0, "RFC 5256 §3"},
    {Extension::kSortDisplay, "SORT=DISPLAY", Offered::kAlways, bit(Extension::kSort),
     "RFC 5957 §3"},
    {Extension::kEsort, "ESORT", Offered::kAlways,
     bit(Extension::kSort) | bit(Extension::kEsearch), "RFC 5267 §3"},
    {Extension::kThreadSubject, "THREAD=ORDEREDSUBJECT", Offered::kAlways, 0, "RFC 5256 §3"},
    {Extension::kThreadReferences, "THREAD=REFERENCES", Offered::kAlways, 0, "RFC 5256 §3"},
    // The word alone: text is compared by i;unicode-casemap with it and without.
    {Extension::kI18nLevel1, "I18NLEVEL=1", Offered::kAlways, 0, "RFC 5255 §4.3"},
    {Extension::kContextSearch, "CONTEXT=SEARCH", Offered::kAlways, bit(Extension::kEsearch),
     "RFC 5267 §4"},
    {Extension::kContextSort, "CONTEXT=SORT", Offered::kAlways,
     bit(Extension::kContextSearch) | bit(Extension::kEsort) | bit(Extension::kSort) |
         bit(Extension::kEsearch),
     "RFC 5267 §4"},
    {Extension::kPartial, "PARTIAL", Offered::kAlways, bit(Extension::kEsearch), "RFC 9394 §3"},
    {Extension::kBinary, "BINARY", Offered::kAlways, 0, "RFC 3516 §4"},
    {Extension::kMultiAppend, "MULTIAPPEND", Offered::kAlways, 0, "RFC 3502 §6.3.11"},
    {Extension::kCatenate, "CATENATE", Offered::kAlways, 0, "RFC 4469 §3"},
    {Extension::kReplace, "REPLACE", Offered::kAlways, 0, "RFC 8508 §3"},
    {Extension::kAppendLimit, "APPENDLIMIT", Offered::kAlways, 0, "RFC 7889 §2"},
    {Extension::kQuota, "QUOTA", Offered::kAlways, 0, "RFC 9208 §4"},
    {Extension::kQuotaSet, "QUOTASET", Offered::kAlways, bit(Extension::kQuota),
     "RFC 9208 §4.1.3"},
    {Extension::kAcl, "ACL", Offered::kAlways, 0, "RFC 4314 §3"},
    {Extension::kMetadata, "METADATA", Offered::kAlways, 0, "RFC 5464 §4"},
    {Extension::kMetadataServer, "METADATA-SERVER", Offered::kAlways, 0, "RFC 5464 §1"},
    {Extension::kNotify, "NOTIFY", Offered::kAlways, 0, "RFC 5465 §3"},
    {Extension::kObjectId, "OBJECTID", Offered::kAlways, 0, "RFC 8474 §2"},
    {Extension::kSaveDate, "SAVEDATE", Offered::kAlways, 0, "RFC 8514 §4"},
    {Extension::kPreview, "PREVIEW", Offered::kAlways, 0, "RFC 8970 §3"},
    {Extension::kUtf8Accept, "UTF8=ACCEPT", Offered::kAlways, bit(Extension::kEnable),
     "RFC 9755 §3"},
    {Extension::kInProgress, "INPROGRESS", Offered::kAlways, 0, "RFC 9585 §3"},
    {Extension::kCompress, "COMPRESS=DEFLATE", Offered::kAlways, 0, "RFC 4978 §3"},
    {Extension::kAuthPlain, "AUTH=PLAIN", Offered::kBeforeLogin, 0, "RFC 4616 §2"},
    {Extension::kAuthLogin, "AUTH=LOGIN", Offered::kBeforeLogin, 0,
     "draft-murchison-sasl-login-00"},
    {Extension::kAuthCramMd5, "AUTH=CRAM-MD5", Offered::kBeforeLogin, 0, "RFC 2195 §2"},
    {Extension::kAuthScramSha256, "AUTH=SCRAM-SHA-256", Offered::kBeforeLogin, 0, "RFC 7677 §3"},
};
static_assert(sizeof(kExtensions) / sizeof(kExtensions[0]) == kExtensionCount);

/// What IMAP4rev2 has taken in (RFC 9051 appendix E): part of the protocol wherever it is offered,
/// whether or not CAPABILITY says the old word as well.
constexpr ExtensionSet kRev2Includes =
    bit(Extension::kLiteralMinus) | bit(Extension::kSaslIr) | bit(Extension::kEnable) |
    bit(Extension::kIdle) | bit(Extension::kUnselect) | bit(Extension::kUidPlus) |
    bit(Extension::kMove) | bit(Extension::kNamespace) | bit(Extension::kChildren) |
    bit(Extension::kListExtended) | bit(Extension::kListStatus) | bit(Extension::kSpecialUse) |
    bit(Extension::kSubscriptions) | bit(Extension::kStatusSize) | bit(Extension::kEsearch) |
    bit(Extension::kSearchRes) | bit(Extension::kBinary);

constexpr const ExtensionRow& extension_row(Extension extension) {
  for (const ExtensionRow& row : kExtensions) {
    if (row.extension == extension) return row;
  }
  return kExtensions[0];
}

/// By the name in its row, in any case; null when there is none.
const ExtensionRow* find_extension(std::string_view name);

/// The set with all that its members need.
constexpr ExtensionSet completed(ExtensionSet set) {
  for (const ExtensionRow& row : kExtensions) {
    if ((set & bit(row.extension)) != 0) set |= row.needs;
  }
  return set;
}

/// The set without these, and without what cannot do without them: IMAP4rev2 has to have what it
/// includes.
constexpr ExtensionSet without(ExtensionSet set, ExtensionSet away) {
  for (uint32_t i = 0; i < kExtensionCount; ++i) {  // as long as something more has to go
    for (const ExtensionRow& row : kExtensions) {
      const bool rev2 = row.extension == Extension::kRev2;
      if (((row.needs | (rev2 ? kRev2Includes : 0)) & away) != 0) away |= bit(row.extension);
    }
  }
  return set & ~away;
}

/// Every extension that can be offered together: all but LITERAL- (LITERAL+ says more) and
/// LOGINDISABLED.
constexpr ExtensionSet all_extensions() {
  return ((ExtensionSet{1} << kExtensionCount) - 1) & ~bit(Extension::kLiteralMinus) &
         ~bit(Extension::kLoginDisabled);
}

/// What a server offers unless told otherwise: the set that every lesson had before it chose.
constexpr ExtensionSet usual_extensions() {
  return bit(Extension::kRev1) | bit(Extension::kLiteralPlus) | bit(Extension::kIdle) |
         bit(Extension::kUnselect) | bit(Extension::kUidPlus) | bit(Extension::kSubscriptions) |
         bit(Extension::kAuthPlain);
}

}  // namespace mailscope::imap
