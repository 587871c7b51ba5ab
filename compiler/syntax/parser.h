// From the text of a condition to its tree. The grammar is grammar/FalcoCondition.g4; this is the only part
// of Stoop that knows about ANTLR.
//
// The parser stops at the first mistake, as Falco does. Text is untrusted: what is nested too deeply or is
// too long is refused before the generated parser, which recurses, sees it. Costs time and memory linear in
// the text. Any number of threads may parse at once.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "compiler/syntax/ast.h"
#include "runtime/base/limits.h"

namespace stoop {

struct SyntaxError {
    std::string message;
    std::string label;  // what was expected at the place
    std::string help;
    ast::Range range;
    std::optional<Limit> limit{};    // that it was refused for, and not for its grammar
    std::optional<uint32_t> stop{};  // where Falco's parser stops, if not at the beginning of the range
    std::string falco{};             // in Falco's own words
};

template <typename Node>
struct Parsed {
    std::optional<Node> node;
    SyntaxError error;  // if there is no node
};

Parsed<ast::Expression> parse_condition(std::string_view text, const Limits& limits);

// A field or transformer alone, as behind the `%` of an output template.
Parsed<ast::Operand> parse_reference(std::string_view text);

}  // namespace stoop
