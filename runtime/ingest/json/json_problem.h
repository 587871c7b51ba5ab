// SPDX-License-Identifier: Apache-2.0
// What is wrong with a text that is not JSON, said in words and with its place. Slow: it is asked only of
// texts that are known to be bad. Memory does not depend on the text.
#pragma once

#include <string_view>

#include "runtime/ingest/event_problem.h"
#include "runtime/ingest/json/json_tokens.h"

namespace stoop {

// `text` is not one JSON object.
EventProblem explain_bad_json(std::string_view text);

// What kind of value begins at a token: "an array", "the number -1".
std::string describe_json(const JsonTokens& tokens, uint32_t token);

}  // namespace stoop
