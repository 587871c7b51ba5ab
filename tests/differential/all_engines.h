// SPDX-License-Identifier: Apache-2.0
// All engines for one rule set: what the differential tests are made of.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "compiler/codegen/native.h"
#include "compiler/compiler.h"
#include "runtime/engine/prepare.h"
#include "runtime/engine/reference.h"
#include "runtime/engine/tables_engine.h"
#include "runtime/ingest/json/event_decoder.h"

namespace stoop::tests {

// $STOOP_SEED, to repeat a run, or a new one.
inline uint64_t seed() {
    const char* given = getenv("STOOP_SEED");
    return given ? std::strtoull(given, nullptr, 10) : std::random_device()();
}

// All engines for one rule set, and an event to fill.
class AllEngines {
  public:
    explicit AllEngines(std::unique_ptr<Compilation> compilation, const Schema& schema = syscall_schema())
        : compilation_(std::move(compilation)),
          program_(*compilation_->program),
          decoder_(schema, program_),
          tables_(prepare(program_, Use::Tables)),
          known_(tables_.graph.remembered()) {
        std::string error;
        native_ = NativeCode::compile(program_, error);
        EXPECT_TRUE(native_) << error;
        for (const Diagnostic& d : compilation_->diagnostics.all())
            if (problem_info(d.problem).severity == Severity::Error)
                ADD_FAILURE() << render(d, compilation_->sources, false);
    }

    // False, with a failure, if they differ.
    bool agree(const nlohmann::json& event, uint64_t seed) {
        std::string text = event.dump();
        if (decoder_.decode(text, event_)) return true;  // a mutation made a value of the wrong type
        ++compared_;
        for (uint32_t limit : {1u, static_cast<uint32_t>(program_.rules.size())}) {
            auto reference = fired(reference_engine(program_), limit);
            auto native = fired(native_->engine(), limit);
            hits_ += reference.size();
            if (limit == program_.rules.size()) count(reference);
            auto tables = fired(tables_engine(tables_), limit);
            auto walked = walk(limit);
            if (reference == native && reference == tables && reference == walked) continue;
            ADD_FAILURE() << "seed " << seed << ", event " << text << "\nreference: " << names(reference)
                          << "\nnative:    " << names(native) << "\ntables:    " << names(tables)
                          << "\nwalked:    " << names(walked);
            return false;
        }
        return true;
    }
    size_t compared() const { return compared_; }
    // The share of rules that were seen to fire and not to fire.
    double both_verdicts() const {
        auto both =
            std::count_if(fired_.begin(), fired_.end(), [&](size_t n) { return n > 0 && n < compared_; });
        return static_cast<double>(both) / static_cast<double>(program_.rules.size());
    }
    size_t hits() const { return hits_; }
    // Searches in which several of the rules' are one.
    size_t joined() const {
        return static_cast<size_t>(
            std::count_if(program_.nodes.begin(), program_.nodes.end(), [&](const ProgramNode& node) {
                return node.kind == ProgramNode::Kind::Or && program_.is_one_atom(node);
            }));
    }

  private:
    std::vector<uint32_t> fired(const Engine& engine, uint32_t limit) {
        std::vector<uint32_t> out(program_.rules.size() + 1);
        out.resize(engine.match(event_.values.data(), event_.type, scratch_, out.data(), limit));
        return out;
    }
    // By the graph alone, each rule.
    std::vector<uint32_t> walk(uint32_t limit) {
        std::vector<uint32_t> out;
        ++event_number_;
        scratch_.arena.reset();
        for (uint32_t rule = 0; rule < program_.rules.size() && out.size() < limit; ++rule)
            if (program_.rules[rule].event_types.contains(event_.type) &&
                tables_.graph.holds(rule, event_.values.data(), scratch_, event_number_, known_.data()))
                out.push_back(rule);
        return out;
    }
    void count(const std::vector<uint32_t>& rules) {
        fired_.resize(program_.rules.size());
        for (uint32_t rule : rules) ++fired_[rule];
    }
    std::string names(const std::vector<uint32_t>& rules) const {
        std::string out;
        for (uint32_t rule : rules) out += program_.rules[rule].name + " ";
        return out;
    }

    std::unique_ptr<Compilation> compilation_;
    const PreparedProgram& program_;
    EventDecoder decoder_;
    const MatchTables tables_;
    std::vector<uint32_t> known_;
    uint32_t event_number_ = 0;
    std::unique_ptr<NativeCode> native_;
    Event event_;
    Scratch scratch_;
    std::vector<size_t> fired_;  // by rule, how often
    size_t compared_ = 0;
    size_t hits_ = 0;
};

}  // namespace stoop::tests
