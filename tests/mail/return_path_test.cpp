#include "sim/mail/return_path.h"

#include <doctest/doctest.h>

using mailscope::with_return_path;

TEST_CASE("final delivery leaves one Return-Path: its own") {
  // A stranger's "Return-Path: <director@example.com>" once stayed below ours.
  CHECK(with_return_path("a@example.org",
                         "Return-Path: <forged@example.com>\r\nSubject: x\r\n"
                         "return-path:\r\n <again@example.com>\r\n\r\n"
                         "Return-Path: is text here\r\n") ==
        "Return-Path: <a@example.org>\r\nSubject: x\r\n\r\nReturn-Path: is text here\r\n");
  CHECK(with_return_path("", "no header\r\n") == "Return-Path: <>\r\nno header\r\n");
  CHECK(with_return_path("", "") == "Return-Path: <>\r\n");
}
