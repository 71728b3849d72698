// From a body section as FETCH and URLs write it to a section as the facts of a message know it.
#pragma once

#include "sim/imap/message_facts.h"
#include "sim/wire/imap_fetch_grammar.h"

namespace mailscope {

inline Section section_of(const imap::BodySection& asked) {
  Section section;
  section.part = asked.part;
  section.fields = asked.fields;
  using Text = imap::BodySection::Text;
  switch (asked.text) {
    case Text::kAll: section.what = Section::kAll; break;
    case Text::kHeader: section.what = Section::kHeader; break;
    case Text::kHeaderFields: section.what = Section::kHeaderFields; break;
    case Text::kHeaderFieldsNot: section.what = Section::kHeaderFieldsNot; break;
    case Text::kText: section.what = Section::kText; break;
    case Text::kMime: section.what = Section::kMime; break;
  }
  return section;
}

}  // namespace mailscope
