// SPDX-License-Identifier: Apache-2.0
// What a run cannot know and what it did not read: verdicts that rest on fields which were not recorded,
// records with none of the fields that the rules read. Each block of events has notes of its own, which are
// put together in the order of the input.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "runtime/event/event.h"
#include "runtime/ingest/json/unread.h"
#include "runtime/ingest/json/wrapper.h"
#include "runtime/program/program.h"

namespace stoop::cli {

class RunNotes {
  public:
    struct Place {
        std::shared_ptr<const std::string> file;
        uint32_t line = 0;
    };

    void add_unread(const Unread& why, const Place& place);
    void add_opened(std::span<const uint8_t> wrappers);
    void add_looked_at(bool certain);
    void add_passed_over() { ++passed_over_; }
    void add_uncertain(uint32_t rule, std::span<const uint32_t> slots, bool named_by_alert);
    void merge(const RunNotes& later);
    void clear() { *this = RunNotes(); }

    // Whether there is something that was not read, or that is known not to be known.
    bool any() const { return !unread_.empty() || !uncertain_.empty(); }

    // Lines for people, none if there is nothing to be said.
    std::string text(const Program& program) const;
    // Adds its keys to the summary.
    void add_to(nlohmann::ordered_json& summary, const Program& program) const;

  private:
    struct Group {
        uint64_t events = 0;
        Place first;
    };
    struct Uncertain {
        uint64_t verdicts = 0, named = 0;
        std::set<uint32_t> slots;
    };
    using ByRule = std::pair<uint32_t, Uncertain>;

    void add_unread(const Unread& why, const Group& group);
    std::vector<ByRule> by_importance() const;
    std::string uncertain_text(const Program& program) const;

    std::map<Unread, Group> unread_;
    std::map<uint32_t, Uncertain> uncertain_;  // by rule
    std::array<uint64_t, kWrappers> opened_ = {};
    // Events that were read: those whose verdicts were looked into, and others that lack a field.
    uint64_t looked_at_ = 0, passed_over_ = 0;
    uint64_t uncertain_events_ = 0;
};

}  // namespace stoop::cli
