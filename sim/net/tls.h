// TLS 1.3 as a model: its flights, the sizes of its records and its round trips, without any
// cryptography. What travels is opaque to whoever looks at the wire; the world keeps the plain text
// beside it for the two ends and for the learner. RFC 8446 §2 (the handshake), §5 (records).
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace mailscope {

/// Where one end of a connection stands.
enum class TlsState : uint8_t {
  kPlain,          // no TLS on this connection so far
  kAwaitingHello,  // server: agreed, waits for the ClientHello
  kHelloSent,      // client
  kFlightSent,     // server: has answered, waits for the client's Finished
  kSecured,
};

/// What one end sends at once during the handshake.
struct TlsFlight {
  const char* name;  // in the trace, and the last part of its catalog key "tls.flight.<key>"
  const char* key;
  uint32_t octets;
};

// Simplified: the sizes are those of a common exchange (X25519, one ECDSA certificate with one
// intermediate, AES-128-GCM); real ones vary by some hundreds of octets. Session tickets, key
// updates, alerts and resumption are left out.
constexpr TlsFlight kClientHello{"TLS ClientHello", "client-hello", 517};
constexpr TlsFlight kServerFlight{
    "TLS ServerHello, EncryptedExtensions, Certificate, CertificateVerify, Finished",
    "server-flight", 2884};
constexpr TlsFlight kClientFinished{"TLS Finished", "client-finished", 74};

/// RFC 8446 §5.1: a record carries at most so much plain text.
constexpr uint64_t kTlsMaxPlaintext = 16384;
/// RFC 8446 §5.2: header 5, content type 1, authentication tag 16.
constexpr uint64_t kTlsRecordOverhead = 22;

/// One record or flight that an end has said and the other has not yet taken in.
struct TlsUnit {
  uint64_t begin = 0;  // stream offsets
  uint64_t end = 0;
  bool handshake = false;
  std::shared_ptr<const std::string> plain;  // of data: the text, and which part of it
  uint64_t plain_begin = 0;
  uint64_t plain_size = 0;
};

/// What an observer sees of a record: a header of the given content type (22 handshake, 23
/// application data) and noise, the same for the same `seed`. `size` counts the header.
std::string opaque_record(uint8_t content_type, uint64_t size, uint64_t seed);

}  // namespace mailscope
