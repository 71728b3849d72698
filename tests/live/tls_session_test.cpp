#include "sim/live/tls_session.h"

#include <doctest/doctest.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <algorithm>

using namespace mailscope;

namespace {

TlsIdentity identity() { return TlsIdentity::make({"mail.example.net"}).value(); }

/// A program's end, OpenSSL's own, that trusts the identity's certificate and no other.
class Program {
 public:
  explicit Program(const std::string& trusted, const char* expected_name = "mail.example.net",
                   int newest = TLS1_3_VERSION)
      : context_(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free) {
    const std::shared_ptr<BIO> pem(
        BIO_new_mem_buf(trusted.data(), static_cast<int>(trusted.size())), &BIO_free);
    const std::shared_ptr<X509> certificate(
        PEM_read_bio_X509(pem.get(), nullptr, nullptr, nullptr), &X509_free);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context_.get()), certificate.get());
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_max_proto_version(context_.get(), newest);
    ssl_ = {SSL_new(context_.get()), &SSL_free};
    SSL_set1_host(ssl_.get(), expected_name);
    SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_connect_state(ssl_.get());
  }

  void hear(std::string_view octets) {
    BIO_write(SSL_get_rbio(ssl_.get()), octets.data(), static_cast<int>(octets.size()));
    char chunk[4096];
    for (int got; (got = SSL_read(ssl_.get(), chunk, sizeof(chunk))) > 0;) {
      heard.append(chunk, static_cast<size_t>(got));
    }
    told_the_end = (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
  }
  void say(std::string_view text) {
    SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size()));
  }
  void end() { SSL_shutdown(ssl_.get()); }
  std::string take() {
    char* data = nullptr;
    const long size = BIO_get_mem_data(SSL_get_wbio(ssl_.get()), &data);
    std::string octets(data, static_cast<size_t>(std::max(size, 0L)));
    BIO_reset(SSL_get_wbio(ssl_.get()));
    return octets;
  }

  std::string heard;
  bool told_the_end = false;

 private:
  std::shared_ptr<SSL_CTX> context_;
  std::shared_ptr<SSL> ssl_;
};

/// To and fro in pieces of `piece` octets until neither has more to say; false when the server's end
/// cannot go on.
bool exchange(Program& program, TlsSession& server, std::string& text, size_t piece) {
  for (int quiet = 0; quiet < 2; ++quiet) {
    program.hear({});
    const std::string octets = program.take();
    for (size_t at = 0; at < octets.size(); at += piece) {
      if (!server.take(std::string_view(octets).substr(at, piece), text)) return false;
    }
    while (!server.pending().empty()) {
      const size_t size = std::min(piece, server.pending().size());
      program.hear(server.pending().substr(0, size));
      server.sent(size);
      quiet = 0;
    }
  }
  return true;
}

}  // namespace

TEST_CASE("a program that trusts the certificate talks under TLS, in whatever pieces it comes") {
  const TlsIdentity us = identity();
  for (const size_t piece : {size_t{1}, size_t{7}, size_t{1000}, size_t{1000000}}) {
    for (const int newest : {TLS1_2_VERSION, TLS1_3_VERSION}) {
      for (const char* name : {"mail.example.net", "localhost"}) {
        CAPTURE(piece);
        CAPTURE(newest);
        TlsSession server(us);
        Program program(us.certificate_pem(), name, newest);
        std::string text;
        REQUIRE(exchange(program, server, text, piece));
        REQUIRE(server.established());
        CHECK(server.agreed().starts_with(newest == TLS1_2_VERSION ? "TLSv1.2, " : "TLSv1.3, "));
        program.say("a NOOP\r\n");
        REQUIRE(server.say("* OK ready\r\n"));
        REQUIRE(exchange(program, server, text, piece));
        CHECK(text == "a NOOP\r\n");
        CHECK(program.heard == "* OK ready\r\n");
        const std::string large(70000, 'x');
        program.say(large);
        REQUIRE(server.say(large));
        REQUIRE(exchange(program, server, text, piece));
        CHECK(text == "a NOOP\r\n" + large);
        CHECK(program.heard == "* OK ready\r\n" + large);
        CHECK(!server.ended());
        server.end();
        REQUIRE(exchange(program, server, text, piece));
        CHECK(program.told_the_end);
        program.end();
        REQUIRE(exchange(program, server, text, piece));
        CHECK(server.ended());
      }
    }
  }
}

TEST_CASE("what is no TLS, and a program that does not trust the certificate, are told apart") {
  const TlsIdentity us = identity();
  SUBCASE("plain words on a port of TLS") {
    TlsSession server(us);
    std::string text;
    CHECK(!server.take("a CAPABILITY\r\n", text));
    CHECK(text.empty());
    CHECK(!server.established());
    CHECK(!server.problem().empty());
  }
  SUBCASE("another certificate is trusted, or another name expected") {
    const std::string other = identity().certificate_pem();
    CHECK(other != us.certificate_pem());
    for (const bool by_name : {false, true}) {
      TlsSession server(us);
      Program program(by_name ? us.certificate_pem() : other,
                      by_name ? "mail.example.org" : "mail.example.net");
      std::string text;
      CHECK(!exchange(program, server, text, 100));
      CHECK(server.problem().find("alert") != std::string::npos);
    }
  }
  SUBCASE("TLS 1.1 is not spoken any more (RFC 9325 §3.1.1)") {
    TlsSession server(us);
    Program program(us.certificate_pem(), "mail.example.net", TLS1_1_VERSION);
    std::string text;
    exchange(program, server, text, 100);
    CHECK(!server.established());
  }
  SUBCASE("octets changed on the way are found out") {
    TlsSession server(us);
    Program program(us.certificate_pem());
    std::string text;
    REQUIRE(exchange(program, server, text, 100));
    program.say("a NOOP\r\n");
    std::string octets = program.take();
    octets.back() ^= 1;
    CHECK(!server.take(octets, text));
    CHECK(text.empty());
  }
}

TEST_CASE("nothing is said before the handshake, nor after what could not be read") {
  const TlsIdentity us = identity();
  TlsSession server(us);
  CHECK(!server.say("* OK too early\r\n"));
  std::string text;
  CHECK(!server.take("a CAPABILITY\r\n", text));
  CHECK(!server.say("* OK too late\r\n"));
}

TEST_CASE("certificates of two runs are two, and each says whose it is") {
  const TlsIdentity one = identity();
  CHECK(one.fingerprint().size() == 32 * 3 - 1);
  CHECK(one.fingerprint() != identity().fingerprint());
  CHECK(one.certificate_pem().starts_with("-----BEGIN CERTIFICATE-----"));
}
