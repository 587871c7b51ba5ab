// SPDX-License-Identifier: Apache-2.0
// What Falco itself says of a problem: where, in its own way of counting, and when it would meet it (spec:
// rules-files.md §11, rule-file-findings.md §1, §2). Stoop's messages point into the author's text; this is
// only for `check -o falco`, which prints the document that Falco's tools read.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "compiler/source/source.h"

namespace stoop {

// Falco reads a file item by item, then compiles everything read so far, and stops at its first error. Stoop
// goes on; sorting its problems by this order tells which one would have been Falco's.
struct FalcoOrder {
    enum Stage : uint8_t { Read, MacroSyntax, MacroReferences, Rules, UnusedMacros, UnusedLists };
    enum Step : uint8_t {
        // Of reading an item. One that overrides is read and applied in two parts.
        Decode = 0,
        Collect = 1,
        DecodeReplacements = 2,
        CollectReplacements = 3,
        UnnamedKeys = 4,
        UnknownKeys = 5,
        // Of compiling a rule.
        Output = 0,
        Condition = 1,
    };

    Stage stage = Read;
    uint32_t file = 0;  // Read
    uint32_t item = 0;  // its number in the file, or that of a definition
    Step step = Decode;

    auto operator<=>(const FalcoOrder&) const = default;
};

struct FalcoLocation {
    std::string_view kind;
    std::string name;
    Span at;                   // its beginning
    bool in_column_0 = false;  // whatever stands before it in its line
};

// A place within a condition, which Falco adds to the place of the condition.
struct FalcoExpression {
    std::shared_ptr<const std::string> text;  // as shown; the problems of a condition share it
    uint32_t line = 0, column = 0, offset = 0;
};

// Where the lines of a condition begin, as Falco counts them: found once for all problems of the condition.
class FalcoLines {
  public:
    explicit FalcoLines(std::string_view counted);
    // The place of byte `at` of the condition, which is shown as `text`.
    FalcoExpression place(std::shared_ptr<const std::string> text, uint32_t at) const;

  private:
    std::vector<uint32_t> begins_;
};

struct FalcoContext {
    FalcoOrder order;
    std::vector<FalcoLocation> locations;  // from the outside in
    std::optional<FalcoExpression> expression;
    std::string message;           // where it is known; Stoop's own stands in otherwise
    std::string deprecated_field;  // that a warning is about
    bool repeated = false;         // said before of the same place in a macro; only Falco says it again

    FalcoContext in(std::string_view kind, std::string name, Span at) const {
        FalcoContext out = *this;
        out.locations.push_back({kind, std::move(name), at});
        return out;
    }
    FalcoContext saying(std::string text) const {
        FalcoContext out = *this;
        out.message = std::move(text);
        return out;
    }
    FalcoContext within(FalcoExpression place) const {
        FalcoContext out = *this;
        out.expression = std::move(place);
        return out;
    }
};

}  // namespace stoop
