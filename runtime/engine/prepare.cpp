// SPDX-License-Identifier: Apache-2.0
#include "runtime/engine/prepare.h"

#include <algorithm>
#include <map>

#include "runtime/engine/bucket_builder.h"

namespace stoop {
namespace {

// Literals that are looked for in place, in all buckets: each is some native code.
constexpr size_t kMostInProgram = 20'000;

// Types of events, and the rules that can fire on them.
struct Group {
    std::vector<uint32_t> rules;
    std::vector<EventTypeId> types;
    bool mixed = false;  // not each rule can fire on each type
};

// Rules that can fire on nearly all types stand in a bucket for each. There may be so many members of buckets
// in all, for each rule and besides.
constexpr size_t kMembersPerRule = 4, kMostMembers = 200'000;

// Makes one group of the largest ones, so many that what is left is small enough together.
void join_largest(std::vector<Group>& groups, size_t rules) {
    size_t total = 0;
    for (const Group& group : groups) total += group.rules.size();
    const size_t most = kMembersPerRule * rules + kMostMembers;
    if (total <= most) return;
    std::stable_sort(groups.begin(), groups.end(),
                     [](const Group& a, const Group& b) { return a.rules.size() < b.rules.size(); });
    Group joined;
    std::vector<bool> is_member(rules, false);
    while (!groups.empty() && total + joined.rules.size() > most) {
        Group group = std::move(groups.back());
        groups.pop_back();
        total -= group.rules.size();
        for (uint32_t rule : group.rules) {
            if (!is_member[rule]) joined.rules.push_back(rule);
            is_member[rule] = true;
        }
        joined.types.insert(joined.types.end(), group.types.begin(), group.types.end());
    }
    joined.mixed = true;
    std::sort(joined.rules.begin(), joined.rules.end());
    std::sort(joined.types.begin(), joined.types.end());
    groups.push_back(std::move(joined));
}

// Of types up to `types`, and of any other.
std::vector<Group> group_types(const PreparedProgram& program, size_t types) {
    std::map<std::vector<uint32_t>, std::vector<EventTypeId>> by_rules;
    for (size_t type = 0; type <= types; ++type) {
        std::vector<uint32_t> rules;
        EventTypeId id = type == types ? kAnyEventType : static_cast<EventTypeId>(type);
        for (uint32_t rule = 0; rule < program.rules.size(); ++rule)
            if (program.rules[rule].event_types.contains(id)) rules.push_back(rule);
        if (!rules.empty()) by_rules[std::move(rules)].push_back(id);
    }
    std::vector<Group> out;
    for (auto& [rules, ids] : by_rules) out.push_back({rules, std::move(ids)});
    join_largest(out, program.rules.size());
    return out;
}

}  // namespace

MatchTables prepare(const PreparedProgram& program, Use use) {
    MatchTables out;
    size_t types = program.event_type_count();
    out.program = &program;
    out.graph = PackedGraph(program);
    out.shared = static_cast<uint32_t>(program.nodes.size()) + out.graph.remembered();
    out.bucket_of.assign(types + 1, MatchTables::kNoBucket);
    out.wanted = EventTypeSet(types);
    TypeComparisons comparisons(program);
    size_t literals_left = use == Use::Code ? kMostInProgram : 0, none = 0;
    for (Group& group : group_types(program, types)) {
        for (EventTypeId type : group.types) {
            out.bucket_of[std::min<size_t>(type, types)] = static_cast<uint32_t>(out.buckets.size());
            if (type < types) out.wanted.insert(type);
        }
        Bucket bucket;
        bucket.mixed = group.mixed;
        Prefilter of_types{comparisons.known(group.types), {}, {}};
        for (uint32_t rule : group.rules) bucket.members.push_back({rule, 0});
        // Events of unknown types, for which all rules stand together, are not worth the code.
        bool known = group.types.front() != kAnyEventType;
        BucketBuilder(program, out, bucket, of_types, known ? literals_left : none).run();
        out.largest_bucket = std::max(out.largest_bucket, static_cast<uint32_t>(group.rules.size()));
        out.buckets.push_back(std::move(bucket));
        out.prefilters.push_back(std::move(of_types));
    }
    return out;
}

}  // namespace stoop
