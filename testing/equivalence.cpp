// SPDX-License-Identifier: Apache-2.0
#include "testing/equivalence.h"

#include <algorithm>
#include <optional>
#include <unordered_map>

#include "runtime/base/text_map.h"
#include "testing/changed_verdicts.h"

namespace stoop {
namespace {

using Row = uint32_t;  // a bit for each atom: it holds

// How often a part or a change is looked at, and how many constants are compared, before no more is tried.
constexpr size_t kMostSteps = 50'000'000;

// What one more atom says about a row.
struct Facts {
    Row if_true = 0, excluded = 0;  // if it holds, these do, and those do not
    Row if_false = 0;               // if it does not, these do not

    bool allow(bool holds, Row row) const {
        return holds ? (row & if_true) == if_true && (row & excluded) == 0 : (row & if_false) == 0;
    }
};

class Table {
  public:
    Table(const MutableCondition& condition, const CompiledChanges& compiled)
        : compiled_(compiled),
          program_(*compiled.program),
          verdicts_(condition),
          bits_(compiled.parts.size()) {
        for (uint32_t atom : compiled.parts)
            if (atom != CompiledChanges::kNone) atoms_.push_back(atom);
        std::sort(atoms_.begin(), atoms_.end());
        atoms_.erase(std::unique(atoms_.begin(), atoms_.end()), atoms_.end());
        if (too_large()) return;
        for (size_t part = 0; part < compiled.parts.size(); ++part)
            if (compiled.parts[part] != CompiledChanges::kNone) bits_[part] = *bit_of(compiled.parts[part]);
        for (uint32_t atom : atoms_) facts_.push_back(facts(atom));
    }

    bool too_large() const {
        size_t rows = size_t{1} << std::min<size_t>(atoms_.size(), 32);
        return atoms_.size() > kMostAtoms ||
               rows > kMostSteps / (compiled_.parts.size() + compiled_.changes.size());
    }

    // Closes those of the `open` changes that make a difference.
    void close(std::vector<bool>& open) {
        std::vector<Candidate> left;
        for (size_t i = 0; i < open.size(); ++i) {
            if (!open[i]) continue;
            std::optional<Candidate> candidate = this->candidate(i);
            if (candidate)
                left.push_back(*candidate);
            else
                open[i] = false;
        }
        for (Row row = 0; row < Row{1} << atoms_.size() && !left.empty(); ++row) {
            if (!is_possible(row)) continue;
            verdicts_.evaluate([&](uint32_t part) { return (row >> bits_[part] & 1) != 0; });
            std::erase_if(left, [&](const Candidate& c) {
                if (!differs(c, row)) return false;
                open[c.index] = false;
                return true;
            });
        }
    }

  private:
    struct Candidate {
        size_t index = 0;             // of the change
        std::optional<uint32_t> bit;  // of the changed comparison, if it is among the atoms
        Facts facts;                  // else
    };

    std::optional<uint32_t> bit_of(uint32_t atom) const {
        auto found = std::lower_bound(atoms_.begin(), atoms_.end(), atom);
        if (found == atoms_.end() || *found != atom) return std::nullopt;
        return static_cast<uint32_t>(found - atoms_.begin());
    }

    // Nothing for a change that is not tried.
    std::optional<Candidate> candidate(size_t index) {
        Candidate out{index, std::nullopt, {}};
        const ConditionChange& change = compiled_.changes[index];
        if (!change.changes_comparison()) return out;
        bool by_item = compiled_.by_item[index];
        if (!by_item) out.bit = bit_of(compiled_.changed[index]);
        if (out.bit) return out;
        if (atoms_.size() == kMostAtoms || steps_ > kMostSteps) return std::nullopt;
        out.facts =
            by_item ? facts(compiled_.parts[change.part], change.index) : facts(compiled_.changed[index]);
        return out;
    }

    bool is_possible(Row row) const {
        for (size_t i = 0; i < facts_.size(); ++i)
            if (!facts_[i].allow((row >> i & 1) != 0, row)) return false;
        return true;
    }

    bool differs(const Candidate& candidate, Row row) const {
        const ConditionChange& change = compiled_.changes[candidate.index];
        if (!change.changes_comparison()) return verdicts_.holds_with(change, false) != verdicts_.holds();
        bool other = !verdicts_.holds(change.part);
        bool can_be =
            candidate.bit ? (row >> *candidate.bit & 1) == other : candidate.facts.allow(other, row);
        return can_be && verdicts_.decides(change.part);
    }

    using Texts = std::vector<std::string_view>;

    // The different texts that the atom's field must be one of, sorted; null for other atoms.
    const Texts* texts_of(uint32_t index) {
        const Atom& atom = program_.atoms[index];
        if (!is_one_of_texts(atom)) return nullptr;
        auto [entry, fresh] = texts_.try_emplace(index);
        Texts& texts = entry->second;
        if (fresh) {
            for (const Value& constant : atom.constants) texts.push_back(constant.text());
            std::sort(texts.begin(), texts.end());
            texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
        }
        return &texts;
    }

    struct Overlap {
        size_t common = 0;
        size_t first_only = 0;  // texts of the first atom that the other one does not have
        bool has_all = false;   // the first one has all texts of the other one
    };
    Overlap overlap(uint32_t first, uint32_t other) {
        auto [entry, fresh] = overlaps_.try_emplace(uint64_t{first} << 32 | other);
        Overlap& out = entry->second;
        if (!fresh) return out;
        const Texts &a = *texts_of(first), &b = *texts_of(other);
        steps_ += a.size() + b.size();
        for (auto x = a.begin(), y = b.begin(); x != a.end() && y != b.end();) {
            out.common += *x == *y;
            bool next = *x <= *y;
            if (*y <= *x) ++y;
            if (next) ++x;
        }
        out.first_only = a.size() - out.common;
        out.has_all = out.common == b.size();
        return out;
    }

    // What the atom, without one of its items if there is `item`, says about the atoms of the table.
    Facts facts(uint32_t atom, std::optional<uint32_t> item = std::nullopt) {
        Facts out;
        if (!texts_of(atom)) return out;
        for (size_t i = 0; i < atoms_.size(); ++i) {
            if (!item && atoms_[i] == atom) continue;
            if (program_.atoms[atoms_[i]].left.slot != program_.atoms[atom].left.slot) continue;
            const Texts* those = texts_of(atoms_[i]);
            if (!those) continue;
            Overlap both = overlap(atom, atoms_[i]);
            if (item) {
                bool had = std::binary_search(those->begin(), those->end(),
                                              program_.atoms[atom].constants[*item].text());
                had ? --both.common : --both.first_only;
                both.has_all = both.has_all && !had;
            }
            Row bit = Row{1} << i;
            if (both.first_only == 0) out.if_true |= bit;
            if (both.common == 0) out.excluded |= bit;
            if (both.has_all) out.if_false |= bit;
        }
        return out;
    }

    const CompiledChanges& compiled_;
    const PreparedProgram& program_;
    ChangedVerdicts verdicts_;
    std::vector<uint32_t> atoms_;  // of the condition, sorted
    std::vector<uint32_t> bits_;   // by part
    std::vector<Facts> facts_;     // by atom
    std::unordered_map<uint32_t, Texts> texts_;
    std::unordered_map<uint64_t, Overlap> overlaps_;
    size_t steps_ = 0;
};

// Whether an item of a list, which is left out, stands there once more. Known for texts and numbers.
class RepeatedItems {
  public:
    explicit RepeatedItems(const PreparedProgram& program) : program_(program) {}

    bool contain(uint32_t index, uint32_t item) {
        const Atom& atom = program_.atoms[index];
        TypeClass type = type_class(atom.left.type);
        if (type != TypeClass::Text && !is_numeric(type)) return false;
        auto key = [&](const Value& constant) {
            return type == TypeClass::Text ? std::string(constant.text()) : std::to_string(constant.u);
        };
        auto [entry, fresh] = counts_.try_emplace(index);
        if (fresh)
            for (const Value& constant : atom.constants) ++entry->second[key(constant)];
        return entry->second[key(atom.constants[item])] > 1;
    }

  private:
    const PreparedProgram& program_;
    std::unordered_map<uint32_t, TextMap<size_t>> counts_;
};

}  // namespace

std::vector<bool> equivalent_changes(const MutableCondition& condition, const CompiledChanges& compiled) {
    std::vector<bool> same(compiled.changes.size()), open(compiled.changes.size());
    RepeatedItems repeated(*compiled.program);
    for (size_t i = 0; i < open.size(); ++i) {
        const ConditionChange& change = compiled.changes[i];
        uint32_t part = compiled.parts[change.part];
        if (compiled.by_item[i])
            same[i] = repeated.contain(part, change.index);
        else
            same[i] = change.changes_comparison() && compiled.changed[i] == part;
        open[i] = !same[i] && !compiled.refused[i];
    }
    Table table(condition, compiled);
    if (table.too_large()) return same;
    table.close(open);
    for (size_t i = 0; i < open.size(); ++i) same[i] = same[i] || open[i];
    return same;
}

}  // namespace stoop
