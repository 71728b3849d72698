#include "sim/wire/deflate.h"

#include <zlib.h>

#include <algorithm>
#include <limits>

#include "sim/base/check.h"
#include "sim/base/digest.h"

namespace mailscope {
namespace {

/// Raw DEFLATE (RFC 4978 §3). A sender may look back 32 KiB, and a receiver has to be able to. Ours
/// looks back 8 KiB, which loses little and takes 64 KiB of memory in place of 256: worlds are kept
/// by the hundred.
constexpr int kRawWindow = -15;
constexpr int kOwnWindow = -13;
constexpr int kMemoryLevel = 6;
constexpr size_t kChunk = 16384;

/// zlib counts in 32 bits and takes what it reads by a pointer to non-const.
uInt at_most(size_t octets) {
  return static_cast<uInt>(std::min<size_t>(octets, std::numeric_limits<uInt>::max()));
}
Bytef* input_of(std::string_view text) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
}

uint64_t digest_with(uint64_t before, std::string_view text) {
  Digest digest;
  digest.add(before);
  digest.add(text);
  return digest.value();
}

}  // namespace

// --- Deflater ----------------------------------------------------------------------------------

struct Deflater::Stream {
  Stream() {
    CHECK(deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kOwnWindow, kMemoryLevel,
                       Z_DEFAULT_STRATEGY) == Z_OK);
  }
  Stream(const Stream& other) { CHECK(deflateCopy(&z, const_cast<z_stream*>(&other.z)) == Z_OK); }
  Stream& operator=(const Stream&) = delete;
  ~Stream() { deflateEnd(&z); }

  z_stream z{};
};

void Deflater::add(std::string_view plain, std::string& out) { run(plain, Z_NO_FLUSH, out); }

void Deflater::flush(std::string& out) { run({}, Z_SYNC_FLUSH, out); }

void Deflater::run(std::string_view plain, int how, std::string& out) {
  if (!stream_) {
    stream_ = std::make_shared<Stream>();
  } else if (stream_.use_count() > 1) {
    stream_ = std::make_shared<Stream>(*stream_);
  }
  digest_ = digest_with(digest_ + static_cast<uint64_t>(how), plain);
  z_stream& z = stream_->z;
  char chunk[kChunk];
  do {
    const uInt given = at_most(plain.size());
    z.next_in = input_of(plain);
    z.avail_in = given;
    do {
      z.next_out = reinterpret_cast<Bytef*>(chunk);
      z.avail_out = kChunk;
      // Z_BUF_ERROR: nothing was left to do, which is no error.
      CHECK(deflate(&z, how) != Z_STREAM_ERROR);
      out.append(chunk, kChunk - z.avail_out);
    } while (z.avail_out == 0);
    plain.remove_prefix(given);
  } while (!plain.empty());
  z.next_in = nullptr;
}

// --- Inflater ----------------------------------------------------------------------------------

struct Inflater::Stream {
  Stream() { CHECK(inflateInit2(&z, kRawWindow) == Z_OK); }
  Stream(const Stream& other) { CHECK(inflateCopy(&z, const_cast<z_stream*>(&other.z)) == Z_OK); }
  Stream& operator=(const Stream&) = delete;
  ~Stream() { inflateEnd(&z); }

  z_stream z{};
};

void Inflater::append(std::string_view compressed) {
  if (compressed.empty() || problem_ != Problem::kNone) return;
  digest_ = digest_with(digest_, compressed);
  if (ended_) {
    problem_ = Problem::kAfterEnd;
    return;
  }
  input_.erase(0, begin_);
  begin_ = 0;
  input_.append(compressed);
}

std::string Inflater::take(size_t max) {
  // In chunks: room for all that was asked for would cost more than the little that mostly comes.
  char chunk[kChunk];
  std::string text;
  while (text.size() < max) {
    const size_t size = run(chunk, std::min(max - text.size(), kChunk));
    if (size == 0) break;
    text.append(chunk, size);
  }
  return text;
}

void Inflater::skip(uint64_t octets) {
  char chunk[kChunk];
  while (octets > 0) {
    const size_t size = run(chunk, static_cast<size_t>(std::min<uint64_t>(octets, kChunk)));
    if (size == 0) return;
    octets -= size;
  }
}

size_t Inflater::run(char* to, size_t room) {
  if (problem_ != Problem::kNone || ended_ || (!stream_ && waiting() == 0)) return 0;
  if (!stream_) {
    stream_ = std::make_shared<Stream>();
  } else if (stream_.use_count() > 1) {
    stream_ = std::make_shared<Stream>(*stream_);
  }
  z_stream& z = stream_->z;
  const uInt given = at_most(waiting());
  z.next_in = input_of(std::string_view(input_).substr(begin_));
  z.avail_in = given;
  z.next_out = reinterpret_cast<Bytef*>(to);
  z.avail_out = at_most(room);
  const int result = inflate(&z, Z_SYNC_FLUSH);
  const size_t made = at_most(room) - z.avail_out;
  begin_ += given - z.avail_in;
  consumed_ += given - z.avail_in;
  given_ += made;
  z.next_in = nullptr;
  z.next_out = nullptr;
  if (result == Z_STREAM_END) {
    ended_ = true;
    if (waiting() > 0) problem_ = Problem::kAfterEnd;
  } else if (result != Z_OK && result != Z_BUF_ERROR) {
    problem_ = Problem::kBroken;
  }
  return made;
}

uint64_t Inflater::digest() const {
  Digest digest;
  digest.add(digest_);
  digest.add(given_);
  digest.add(static_cast<int>(problem_));
  return digest.value();
}

}  // namespace mailscope
