// SPDX-License-Identifier: Apache-2.0
// A JSON pointer (RFC 6901): where in a document a value is.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/ingest/json/json_tokens.h"

namespace stoop {

class JsonPointer {
  public:
    // `text` is well-formed, as schemas are checked when they are loaded; empty stands for the document.
    explicit JsonPointer(std::string_view text);

    // The token at which the value begins, in the document that `tokens` hold and which is known to be JSON;
    // nothing if it is not there. Takes time linear in the document.
    std::optional<uint32_t> find(JsonTokens& tokens) const;

  private:
    std::vector<std::string> steps_;
};

}  // namespace stoop
