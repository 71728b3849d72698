// Result<T>: a value, or one clear error. For what an author or a caller got wrong; peers are
// answered in their protocol instead.
#pragma once

#include <string>
#include <utility>
#include <variant>

#include "sim/base/check_failed.h"

namespace mailscope {

/// A finished sentence for a person: it names the place and what was expected.
struct Error {
  std::string message;
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}
  Result(Error error) : state_(std::move(error)) {}

  [[nodiscard]] bool ok() const { return state_.index() == 0; }
  [[nodiscard]] const T& value() const {
    if (!ok()) check_failed(__FILE__, __LINE__, "a value is there");
    return std::get<0>(state_);
  }
  [[nodiscard]] T& value() {
    if (!ok()) check_failed(__FILE__, __LINE__, "a value is there");
    return std::get<0>(state_);
  }
  [[nodiscard]] const std::string& error() const {
    if (ok()) check_failed(__FILE__, __LINE__, "an error is there");
    return std::get<1>(state_).message;
  }

 private:
  std::variant<T, Error> state_;
};

}  // namespace mailscope
