// SPDX-License-Identifier: Apache-2.0
// What a test would have to expect for the alerts that came, said in the forms that its author chose: only
// what does not hold is changed. Where a form cannot be made true by itself (a part that the output should
// contain), it stays as it is, and is named.
#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "testing/compare.h"

namespace stoop {

// What an expected alert says; and that it comes at all.
enum class Aspect : uint8_t { Priority, Source, Tags, Fields, Output, Event, Count, Alert };
std::string_view aspect_name(Aspect aspect);
bool same(const ExpectedAlert& a, const ExpectedAlert& b, Aspect aspect);
bool same(const ExpectedAlert& a, const ExpectedAlert& b);
void copy(const ExpectedAlert& from, ExpectedAlert& to, Aspect aspect);
constexpr Aspect kAspects[] = {Aspect::Priority, Aspect::Source, Aspect::Tags, Aspect::Fields,
                               Aspect::Output,   Aspect::Event,  Aspect::Count};

// What stays as it is although it does not hold, and why.
struct Unmet {
    size_t old;  // the expectation, by its index
    Aspect aspect;
    std::string field;  // of Fields, or empty
    std::string why;

    bool operator<(const Unmet& other) const {
        return std::tie(old, aspect, field) < std::tie(other.old, other.aspect, other.field);
    }
};

struct UpdatedExpectation {
    struct Alert {
        std::optional<size_t> old;  // the expectation that it was; nothing for a new one
        ExpectedAlert alert;
    };
    std::vector<Alert> alerts;  // in their order
    std::set<Unmet> unmet;
};

UpdatedExpectation updated_expectation(const TestCase& test, const Program& program,
                                       std::span<const SeenAlert> seen, bool several_events);

// Of variants of one test, which share an expectation: what is the same for both. Whether that can be said at
// all; `to` is not valid if not.
bool agree_on(const TestCase& test, const UpdatedExpectation& from, UpdatedExpectation& to);

}  // namespace stoop
