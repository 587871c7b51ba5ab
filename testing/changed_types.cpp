// SPDX-License-Identifier: Apache-2.0
#include "testing/changed_types.h"

#include "compiler/semantics/select_events.h"

namespace stoop {

using Kind = MutableCondition::Kind;
using Part = MutableCondition::Part;

ChangedTypes::ChangedTypes(const MutableCondition& condition, const Schema& schema)
    : condition_(condition),
      schema_(schema),
      of_(condition.parts().size(), kNone),
      others_(condition.parts().size(), kNone) {
    const auto& parts = condition.parts();
    all_ = id(schema.event_types().all());
    for (size_t i = parts.size(); i-- > 0;) {  // children stand behind their parents
        const Part& part = parts[i];
        if (part.comparison) of_[i] = id(select_events(*part.comparison, part.negated, schema));
        // What the others have: all before each child, then all behind it.
        Id before = kNone, behind = kNone;
        for (uint32_t child : part.children) {
            others_[child] = before;
            before = joined(is_both(part), before, of_[child]);
        }
        for (auto child = part.children.rbegin(); child != part.children.rend(); ++child) {
            others_[*child] = joined(is_both(part), others_[*child], behind);
            behind = joined(is_both(part), behind, of_[*child]);
        }
        if (!part.comparison) of_[i] = before;
    }
}

ChangedTypes::Id ChangedTypes::id(EventTypeSet set) {
    std::vector<uint64_t> words(set.words().begin(), set.words().end());
    auto [entry, fresh] = ids_.try_emplace(std::move(words), static_cast<Id>(sets_.size()));
    if (fresh) sets_.push_back(std::move(set));
    return entry->second;
}

ChangedTypes::Id ChangedTypes::joined(bool both, Id a, Id b) {
    if (a == kNone || a == b) return b;
    if (b == kNone) return a;
    auto [entry, fresh] = (both ? both_ : either_).try_emplace(uint64_t{a} << 32 | b, kNone);
    if (fresh)
        entry->second = id(both ? EventTypes::both(set(a), set(b)) : EventTypes::either(set(a), set(b)));
    return entry->second;
}

ChangedTypes::Id ChangedTypes::changed_part(const ConditionChange& change,
                                            const ast::Comparison* comparison) {
    const Part& part = condition_.parts()[change.part];
    switch (change.kind) {
        case ConditionChange::Kind::Junction: {
            Id out = kNone;
            for (uint32_t child : part.children) out = joined(!is_both(part), out, of_[child]);
            return out;
        }
        case ConditionChange::Kind::Drop: return others_[part.children[change.index]];
        case ConditionChange::Kind::Negate:
            return id(select_events(*part.comparison, !part.negated, schema_));
        case ConditionChange::Kind::Item:
        case ConditionChange::Kind::Operator: return id(select_events(*comparison, part.negated, schema_));
    }
    return kNone;
}

ChangedTypes::Id ChangedTypes::with(const ConditionChange& change, const ast::Comparison* comparison) {
    const auto& parts = condition_.parts();
    if (change.changes_comparison() && !comparison) return whole();
    Id out = changed_part(change, comparison);
    uint32_t part = change.part;
    for (; part != 0 && out != of_[part]; part = parts[part].parent)
        out = joined(is_both(parts[parts[part].parent]), others_[part], out);
    return out == of_[part] ? whole() : out;
}

}  // namespace stoop
