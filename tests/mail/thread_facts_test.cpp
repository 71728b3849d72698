#include "sim/mail/thread_facts.h"

#include <doctest/doctest.h>

using namespace mailscope;

TEST_CASE("thread facts: id, references, subject") {
  const ThreadFacts facts = thread_facts(
      "Message-ID: <\"c\"@t>\r\nReferences: <a@t>\r\n <b@t>\r\nIn-Reply-To: <x@t>\r\n"
      "Subject: Re: =?utf-8?Q?=C3=A9t=C3=A9?=\r\n\r\nSubject: body\r\n");
  CHECK_EQ(facts.id, "c@t");
  REQUIRE_EQ(facts.references.size(), 2);
  CHECK_EQ(facts.references[0], "a@t");
  CHECK_EQ(facts.references[1], "b@t");
  CHECK_EQ(facts.subject, "E\u0301TE\u0301");
  CHECK(facts.is_reply_or_forward);
}

TEST_CASE("thread facts: nothing there") {
  const ThreadFacts facts = thread_facts("Message-ID: none\r\nReferences: <>\r\n\r\n");
  CHECK(facts.id.empty());
  CHECK(facts.references.empty());
  CHECK(facts.subject.empty());
  CHECK_FALSE(facts.is_reply_or_forward);
  CHECK_EQ(message_references("In-Reply-To: <a@t> <b@t>\r\n").size(), 1);
}
