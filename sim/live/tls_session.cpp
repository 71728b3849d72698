#include "sim/live/tls_session.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>

#include "sim/base/check.h"

namespace mailscope {
namespace {

constexpr long kValidSeconds = 365L * 24 * 3600;
constexpr size_t kReadOctets = 16384;  // RFC 8446 §5.1: of text in one record

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Extension = std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)>;

/// The oldest of OpenSSL's complaints, which is the cause; all of them are then forgotten.
std::string complaint() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? "no reason given" : reason;
}

std::string contents(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<size_t>(std::max(size, 0L))};
}

bool add_extension(X509* certificate, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()),
                            &X509_EXTENSION_free);
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

/// RFC 6125 §6.4: programs look for the name they dialled among the subjectAltNames.
std::string names_of(const std::vector<std::string>& domains) {
  std::string names = "DNS:localhost,IP:127.0.0.1";
  for (const std::string& domain : domains) names += ",DNS:" + domain;
  return names;
}

bool fill(X509* certificate, EVP_PKEY* key, const std::vector<std::string>& domains) {
  const std::string name = domains.empty() ? "localhost" : domains.front();
  X509_NAME* subject = X509_get_subject_name(certificate);
  // Programs that keep certificates take no two of one issuer and number (RFC 5280 §4.1.2.2).
  uint32_t serial = 0;
  if (RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof(serial)) != 1) return false;
  return X509_set_version(certificate, X509_VERSION_3) == 1 &&
         ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial) == 1 &&
         X509_gmtime_adj(X509_getm_notBefore(certificate), -60) != nullptr &&
         X509_gmtime_adj(X509_getm_notAfter(certificate), kValidSeconds) != nullptr &&
         X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1,
                                    0) == 1 &&
         X509_set_issuer_name(certificate, subject) == 1 &&
         X509_set_pubkey(certificate, key) == 1 &&
         add_extension(certificate, NID_subject_alt_name, names_of(domains)) &&
         // Of a server, and of no authority: some programs take no authority for a server.
         add_extension(certificate, NID_basic_constraints, "critical,CA:FALSE") &&
         add_extension(certificate, NID_ext_key_usage, "serverAuth") &&
         X509_sign(certificate, key, EVP_sha256()) != 0;
}

std::string fingerprint_of(X509* certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> octets{};
  unsigned int size = 0;
  if (X509_digest(certificate, EVP_sha256(), octets.data(), &size) != 1) return {};
  return fmt::format("{:02X}", fmt::join(octets.begin(), octets.begin() + size, ":"));
}

}  // namespace

Result<TlsIdentity> TlsIdentity::make(const std::vector<std::string>& domains) {
  const Key key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
  const Certificate certificate(X509_new(), &X509_free);
  const Bio pem(BIO_new(BIO_s_mem()), &BIO_free);
  TlsIdentity identity;
  identity.context_ = {SSL_CTX_new(TLS_server_method()), &SSL_CTX_free};
  SSL_CTX* context = identity.context_.get();
  if (!key || !certificate || !pem || context == nullptr ||
      !fill(certificate.get(), key.get(), domains) ||
      SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1 ||
      SSL_CTX_use_certificate(context, certificate.get()) != 1 ||
      SSL_CTX_use_PrivateKey(context, key.get()) != 1 ||
      PEM_write_bio_X509(pem.get(), certificate.get()) != 1) {
    return Error{fmt::format("no certificate for TLS could be made: {}", complaint())};
  }
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
  identity.pem_ = contents(pem.get());
  identity.fingerprint_ = fingerprint_of(certificate.get());
  return identity;
}

TlsSession::TlsSession(const TlsIdentity& identity)
    : ssl_(SSL_new(identity.context_.get()), &SSL_free) {
  CHECK(ssl_ != nullptr);
  SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  SSL_set_accept_state(ssl_.get());
}

bool TlsSession::take(std::string_view octets, std::string& text) {
  ERR_clear_error();
  BIO_write(SSL_get_rbio(ssl_.get()), octets.data(), static_cast<int>(octets.size()));
  std::array<char, kReadOctets> chunk;
  while (!ended_) {
    const int got = SSL_read(ssl_.get(), chunk.data(), static_cast<int>(chunk.size()));
    if (got > 0) {
      text.append(chunk.data(), static_cast<size_t>(got));
      continue;
    }
    const int why = SSL_get_error(ssl_.get(), got);
    if (why == SSL_ERROR_WANT_READ) break;
    if (why == SSL_ERROR_ZERO_RETURN) {
      ended_ = true;
    } else {
      problem_ = complaint();
      break;
    }
  }
  gather();
  return problem_.empty();
}

bool TlsSession::say(std::string_view text) {
  if (!established() || !problem_.empty()) return false;
  if (text.empty()) return true;
  ERR_clear_error();
  const int said = SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size()));
  gather();
  return said == static_cast<int>(text.size());
}

void TlsSession::end() {
  ERR_clear_error();
  if (established()) SSL_shutdown(ssl_.get());
  gather();
}

bool TlsSession::established() const { return SSL_is_init_finished(ssl_.get()) == 1; }

std::string TlsSession::agreed() const {
  return fmt::format("{}, {}", SSL_get_version(ssl_.get()), SSL_get_cipher_name(ssl_.get()));
}

std::string_view TlsSession::pending() const {
  return std::string_view(out_).substr(out_begin_);
}

void TlsSession::sent(size_t octets) {
  out_begin_ += octets;
  if (out_begin_ < out_.size()) return;
  out_.clear();
  out_begin_ = 0;
}

void TlsSession::gather() {
  BIO* from = SSL_get_wbio(ssl_.get());
  char* data = nullptr;
  const long size = BIO_get_mem_data(from, &data);
  if (size <= 0) return;
  out_.append(data, static_cast<size_t>(size));
  BIO_reset(from);
}

}  // namespace mailscope
