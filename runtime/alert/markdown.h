// SPDX-License-Identifier: Apache-2.0
// Text from events in Markdown documents. Events are untrusted: a value must neither end the markup around it
// nor begin some of its own (links, mentions, HTML), nor pass for something else by characters that do not
// show. So values stand in code spans and code blocks only, in which nothing has a meaning.
#pragma once

#include <string>
#include <string_view>

namespace stoop {

// A code span on one line. Control characters, and those that change the direction of text or do not show,
// are written as JSON escapes, backslashes doubled; what is not UTF-8 as U+FFFD. Of a longer text the first
// `longest` bytes are shown, and `…`.
void append_code_span(std::string_view text, size_t longest, std::string& out);

// A code block in the language `language` around `text`, which is JSON: characters that do not show are
// escaped, which means the same there.
void append_json_block(std::string_view text, std::string& out);

}  // namespace stoop
