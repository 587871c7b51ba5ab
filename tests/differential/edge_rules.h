// SPDX-License-Identifier: Apache-2.0
// Random rules and events that lie on the edge of what the engines assume: empty lists in conditions,
// exceptions and events, absent and empty values, list fields of every type that can be compared, event
// types that are generic, unknown or not there.
#pragma once

#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/event/schema.h"

namespace stoop::tests {

// A source without event types. Its fields, lists of each type, are added to the source `syscall`, too.
constexpr std::string_view kOwnSource = "own";
Schemas edge_schemas();

struct EdgeField;

class EdgeRules {
  public:
    EdgeRules(std::mt19937_64& random, std::string_view source);

    std::string_view source() const { return source_; }
    std::string rules();  // a rule file: lists, a macro, and rules for events of the source
    std::string event();  // one JSON text: fields, an alert, or a document of the source

  private:
    bool chance(unsigned percent) { return random_() % 100 < percent; }
    template <typename T>
    const T& one_of(const std::vector<T>& from) {
        return from[random_() % from.size()];
    }
    const EdgeField& field();
    std::string list(const EdgeField& field);
    std::string atom();
    std::string type_atom();
    std::string transformed(const EdgeField& field);
    std::string condition(int depth);
    std::string rule_condition();
    nlohmann::json exception(size_t number);
    nlohmann::json value(const EdgeField& field);
    void add_event_type(nlohmann::json& fields);

    std::mt19937_64& random_;
    const std::string source_;
    std::vector<const EdgeField*> fields_;  // of the source
};

}  // namespace stoop::tests
