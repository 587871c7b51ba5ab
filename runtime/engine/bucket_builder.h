// SPDX-License-Identifier: Apache-2.0
// Finds out what to ask an event of a bucket's types before any of its rules is evaluated: guards, looks at
// fields, and the members that are candidates whatever the event. Private to runtime/engine.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "runtime/engine/match_tables.h"
#include "runtime/engine/witness.h"

namespace stoop {

class BucketBuilder {
  public:
    // The bucket has its members, and `types` what is known of atoms; both are completed, with lists and
    // indexes of the tables. `literals_left`: how many may still be looked for in place, in this bucket and
    // in others.
    BucketBuilder(const PreparedProgram& program, MatchTables& out, Bucket& bucket, Prefilter& types,
                  size_t& literals_left);
    void run();

  private:
    using Needs = std::vector<uint32_t>;  // masks of guards of which one must hold
    using Excluded = std::map<std::string, uint64_t>;
    struct Look {
        LiteralIndex index;
        std::set<uint32_t> needs[kPlaces];  // the guards of its members
        Excluded excluded;                  // by the whole value, if the bucket fits a word
    };
    struct RangeLook {
        RangeIndex index;
        std::set<uint32_t> needs;
    };
    // An atom in witnesses of members.
    struct Wanted {
        MemberSet members;
        std::set<uint32_t> needs;
    };

    static Needs least(const std::set<uint32_t>& needs);
    static std::vector<Bucket::Look::Part> parts_of(const Look& look);
    size_t substrings() const;
    void choose_guards();
    void look_for_guard(RuleWitness& rule);
    void add(uint32_t member);
    void look_for(const AtomTable& table, const Members& members, const std::set<uint32_t>& needs);
    void add_exceptions(uint32_t member);
    std::vector<Prefilter::Literal> take_in_place(Look& look);
    void exclude(const Excluded& excluded, std::vector<Prefilter::Literal>& literals) const;
    uint32_t list_of(const RuleRange& members);
    std::optional<uint32_t> exception_of(const RuleRange& members);
    void finish_always();

    const PreparedProgram& program_;
    MatchTables& out_;
    Bucket& bucket_;
    Prefilter& types_;
    size_t& literals_left_;
    size_t in_bucket_ = 0;
    std::vector<uint32_t>& guards_;
    Witnesses witnesses_;
    std::vector<RuleWitness> rules_;             // by member
    std::map<uint32_t, Wanted> wanted_;          // by atom
    std::optional<MemberPlacer> placer_;         // of these
    std::map<uint32_t, Look> looks_;             // by slot
    std::map<uint32_t, RangeLook> range_looks_;  // likewise
    std::map<uint32_t, MemberSet> always_;       // by guards
    std::map<uint32_t, uint32_t> lists_;         // of the tables, by where their members begin
    std::map<uint32_t, uint32_t> exceptions_;    // of the tables, by atom
};

}  // namespace stoop
