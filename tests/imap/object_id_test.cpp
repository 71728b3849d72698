#include "sim/imap/object_id.h"

#include <doctest/doctest.h>

using namespace mailscope;

namespace {

std::string thread_of(const std::string& header) {
  return thread_object_id(*make_message(header + "\r\n"));
}

}  // namespace

TEST_CASE("object ids: of what they are made") {
  CHECK_EQ(mailbox_object_id(MailboxId{12}), "F12");
  const std::string one = email_object_id(*make_message("A: b\r\n\r\n"));
  CHECK_EQ(one.size(), 17);
  CHECK_EQ(one, email_object_id(*make_message("A: b\r\n\r\n")));
  CHECK_NE(one, email_object_id(*make_message("A: c\r\n\r\n")));
}

TEST_CASE("object ids: a thread is known by its oldest message") {
  const std::string root = thread_of("Message-ID: <a@t>\r\n");
  CHECK_EQ(root.front(), 'T');
  CHECK_EQ(thread_of("Message-ID: <b@t>\r\nIn-Reply-To: <a@t>\r\n"), root);
  CHECK_EQ(thread_of("Message-ID: <c@t>\r\nReferences: <\"a\"@t> <b@t>\r\nIn-Reply-To: <b@t>\r\n"),
           root);
  CHECK_NE(thread_of("Message-ID: <b@t>\r\n"), root);
  // RFC 8474 §5.2: every message has a thread, or none has.
  CHECK_EQ(thread_of("Subject: none\r\n").front(), 'T');
  CHECK_NE(thread_of("Subject: none\r\n"), thread_of("Subject: other\r\n"));
}

TEST_CASE("object ids: letters, digits, hyphens and underscores (RFC 8474 §7)") {
  for (const std::string& id :
       {mailbox_object_id(MailboxId{UINT32_MAX}), email_object_id(*make_message("")),
        thread_of("References: <\"} {\\\"\"@t>\r\n")}) {
    CHECK_EQ(id.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                  "-_"),
             std::string::npos);
  }
}
