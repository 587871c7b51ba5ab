// SPDX-License-Identifier: Apache-2.0
#include "runtime/engine/witness.h"

#include <algorithm>
#include <set>

namespace stoop {
namespace {

// Fields with so few different values that equality says little.
const std::set<std::string_view> kFewValues = {"evt.category", "evt.dir",       "evt.res", "evt.type",
                                               "fd.l4proto",   "fd.sockfamily", "fd.type", "fd.typechar",
                                               "syscall.type", "container.type"};

// More alternatives than this are no witness.
constexpr size_t kMostAlternatives = 64;
// Rules with a witness that holds more often are evaluated always.
constexpr double kOften = 0.5;
// Unless asking costs so much: one look for many texts inside a value is cheaper than one search for each.
constexpr double kManySearches = 400;
// What evaluating a rule costs, in the unit of the costs below: about a nanosecond.
constexpr double kRuleCost = 60;

// Whether an index of literals can speak for the operator on this atom.
bool indexable(const Atom& atom) {
    bool plain = atom.comparison == Comparison::Ordinary || atom.comparison == Comparison::RawArgument;
    return plain && compares_slot_with_constants(atom) && type_class(atom.left.type) == TypeClass::Text &&
           !atom.constants.empty();
}

// The text in which every value that a glob matches begins.
std::string_view before_wildcards(std::string_view pattern) {
    return pattern.substr(0, pattern.find_first_of("*?[\\"));
}

// The text in which they end.
std::string_view behind_wildcards(std::string_view pattern) {
    return pattern.substr(pattern.find_last_of("*?[]\\") + 1);
}

struct Estimate {
    double chance, cost;
};
Estimate estimate(const Atom& atom) {
    auto count = static_cast<double>(atom.constants.size());
    switch (type_class(atom.left.type)) {
        case TypeClass::Signed:
        case TypeClass::Unsigned: {
            // Many fields are 0, 1 or -1 most of the time, and a bound is seldom there to say much.
            bool equality = atom.op == Operator::Eq || atom.op == Operator::In;
            bool common =
                std::any_of(atom.constants.begin(), atom.constants.end(),
                            [](const Value& constant) { return constant.i >= -1 && constant.i <= 1; });
            if (!equality || common) return {0.45, 20};
            return {std::min(0.4, 0.1 + 0.01 * count), 4};
        }
        case TypeClass::Network: return {std::min(0.4, 0.1 + 0.01 * count), 5};
        default: break;
    }
    switch (atom.op) {
        case Operator::Eq:
        case Operator::In: return {std::min(0.3, 0.01 + 0.005 * count), 3};
        case Operator::Startswith:
        case Operator::Bstartswith:
        case Operator::Endswith: return {0.02, 5};
        case Operator::Glob: return {0.05, 5};
        default: return {0.02, 40};
    }
}

// A comparison that takes a few instructions and seldom holds, or holds or not for many events in a row.
bool is_guard(const Program& program, const Atom& atom) {
    bool equality = atom.op == Operator::Eq || atom.op == Operator::Ne;
    if (atom.comparison != Comparison::Ordinary || !compares_slot_with_constants(atom) || !equality)
        return false;
    switch (type_class(atom.left.type)) {
        case TypeClass::Boolean: return atom.constants[0].u == (atom.op == Operator::Eq);
        case TypeClass::Signed:
        case TypeClass::Unsigned:
        case TypeClass::Address: return atom.op == Operator::Eq;
        case TypeClass::Text: {
            const std::string& field = program.slots[atom.left.slot].spelling;
            return field == "container.id" || kFewValues.contains(field);
        }
        default: return false;
    }
}

}  // namespace

std::vector<WitnessLiteral> witness_literals(const AtomTable& table) {
    const Atom& atom = *table.atom;
    std::vector<WitnessLiteral> out;
    if (!indexable(atom)) return out;
    auto one = [&](LiteralPlace place, std::string_view text) {
        if (!text.empty() || place == LiteralPlace::Whole) out.push_back({place, std::string(text)});
    };
    switch (atom.op) {
        case Operator::Eq:
        case Operator::In:
            for (const Value& constant : atom.constants) one(LiteralPlace::Whole, constant.text());
            break;
        case Operator::Startswith: one(LiteralPlace::Beginning, atom.constants[0].text()); break;
        case Operator::Endswith: one(LiteralPlace::End, atom.constants[0].text()); break;
        case Operator::Glob: {
            std::string_view begin = before_wildcards(atom.constants[0].text());
            std::string_view end = behind_wildcards(atom.constants[0].text());
            end.size() > begin.size() ? one(LiteralPlace::End, end) : one(LiteralPlace::Beginning, begin);
            break;
        }
        case Operator::Contains: one(LiteralPlace::Part, atom.constants[0].text()); break;
        case Operator::Icontains: one(LiteralPlace::PartAnyCase, atom.constants[0].text()); break;
        case Operator::Regex:
            for (const std::string& text : table.regex_literals) one(LiteralPlace::PartAnyCase, text);
            break;
        default: break;
    }
    return out;
}

std::vector<KeyRange> witness_ranges(const Atom& atom) {
    std::vector<KeyRange> out;
    TypeClass type = type_class(atom.left.type);
    if (atom.comparison != Comparison::Ordinary || !compares_slot_with_constants(atom)) return out;
    bool equality = atom.op == Operator::Eq || atom.op == Operator::In;
    if (type == TypeClass::Address || type == TypeClass::Network) {
        if (!equality) return out;
        for (const Value& constant : atom.constants)
            out.push_back(type == TypeClass::Network ? network_range(constant.text())
                                                     : address_range(constant.text()));
        return out;
    }
    if (type != TypeClass::Signed && type != TypeClass::Unsigned) return out;
    constexpr RangeKey kLast = ~uint64_t{0};
    for (const Value& constant : atom.constants) {
        RangeKey key = number_key(constant, type);
        switch (atom.op) {
            case Operator::Eq:
            case Operator::In: out.push_back({key, key, false}); break;
            case Operator::Lt:
                if (key > 0) out.push_back({0, key - 1, false});
                break;
            case Operator::Le: out.push_back({0, key, false}); break;
            case Operator::Gt:
                if (key < kLast) out.push_back({key + 1, kLast, false});
                break;
            case Operator::Ge: out.push_back({key, kLast, false}); break;
            default: break;
        }
    }
    return out;
}

bool can_be_witness(const AtomTable& table) {
    const Atom& atom = *table.atom;
    // Of a list, which may be long, any item will do.
    if (atom.op == Operator::In && indexable(atom)) return true;
    return !witness_literals(table).empty() || !witness_ranges(atom).empty();
}

double Witnesses::weight(const Found& found) const { return found.chance * kRuleCost + found.cost; }

double Witnesses::weight(uint32_t atom) const {
    Found found = find_atom(atom);
    return found.atoms.empty() ? kNoWitness : weight(found);
}

Witnesses::Found Witnesses::find_atom(uint32_t index) const {
    Found out;
    out.verdict = known_[index];
    if (out.verdict != Known::Unknown) return out;
    const Atom& atom = program_.atoms[index];
    if (!can_be_witness(program_.tables[index])) return out;
    if (kFewValues.contains(program_.slots[atom.left.slot].spelling)) return out;
    auto [chance, cost] = estimate(atom);
    out.atoms = {index};
    out.chance = chance;
    out.cost = cost;
    return out;
}

// Children are earlier nodes, so what is needed is worked out from the lowest one up, without recursion.
const Witnesses::Found& Witnesses::find(uint32_t root) {
    std::vector<uint32_t> open{root};
    while (!open.empty()) {
        uint32_t index = open.back();
        const ProgramNode& node = program_.nodes[index];
        size_t before = open.size();
        if (!found_.contains(index))
            for (uint32_t child : node.children)
                if (!found_.contains(child)) open.push_back(child);
        if (open.size() != before) continue;
        open.pop_back();
        if (found_.contains(index)) continue;
        Found out;
        switch (node.kind) {
            case ProgramNode::Kind::Atom: out = find_atom(node.atom); break;
            case ProgramNode::Kind::Not: {
                Known inner = found_.at(node.children[0]).verdict;
                if (inner != Known::Unknown) out.verdict = inner == Known::Yes ? Known::No : Known::Yes;
                break;
            }
            case ProgramNode::Kind::And: {
                size_t yes = 0;
                for (uint32_t child : node.children) {
                    const Found& part = found_.at(child);
                    yes += part.verdict == Known::Yes;
                    if (part.verdict == Known::No) out.verdict = Known::No;
                    if (!part.atoms.empty() && (out.atoms.empty() || weight(part) < weight(out))) {
                        Known verdict = out.verdict;
                        out = part;
                        out.verdict = verdict;
                    }
                }
                if (yes == node.children.size()) out.verdict = Known::Yes;
                break;
            }
            case ProgramNode::Kind::Or: {
                size_t no = 0;
                bool open_ended = false;  // one of the children has no witness
                out.chance = 0;
                for (uint32_t child : node.children) {
                    const Found& part = found_.at(child);
                    if (part.verdict == Known::No) {
                        ++no;
                        continue;
                    }
                    if (part.verdict == Known::Yes) out.verdict = Known::Yes;
                    open_ended = open_ended || part.atoms.empty();
                    if (open_ended || out.atoms.size() + part.atoms.size() > kMostAlternatives) {
                        open_ended = true;
                        continue;
                    }
                    out.atoms.insert(out.atoms.end(), part.atoms.begin(), part.atoms.end());
                    out.chance = 1 - (1 - out.chance) * (1 - part.chance);
                    out.cost += part.cost;
                }
                if (no == node.children.size()) out.verdict = Known::No;
                if (open_ended) out.atoms.clear();
                break;
            }
        }
        if (out.verdict != Known::Unknown) out.atoms.clear();
        found_[index] = std::move(out);
    }
    return found_.at(root);
}

RuleWitness Witnesses::of(uint32_t node) {
    RuleWitness out;
    Known verdict = find(node).verdict;
    out.never = verdict == Known::No;
    if (verdict != Known::Unknown) return out;
    // What stands in the outermost `and`, or in an `or` of which the event type leaves one branch, must hold;
    // under a `not` it is the other way round.
    struct Demand {
        uint32_t node;
        bool holds;
        auto operator<=>(const Demand&) const = default;
    };
    std::set<Demand> seen;
    const Found* best = nullptr;
    auto consider = [&](const Demand& demand) {
        const Found& part = found_.at(demand.node);
        if (demand.holds && !part.atoms.empty() && (!best || weight(part) < weight(*best))) best = &part;
    };
    for (std::vector<Demand> open{{node, true}}; !open.empty();) {
        Demand demand = open.back();
        open.pop_back();
        if (!seen.insert(demand).second || found_.at(demand.node).verdict != Known::Unknown) continue;
        const ProgramNode& at = program_.nodes[demand.node];
        switch (at.kind) {
            case ProgramNode::Kind::Atom: {
                const Atom& atom = program_.atoms[at.atom];
                // A guard is asked anyway, so as a witness it would say nothing (unless too many are guards:
                // see look_for_guard).
                if (demand.holds && is_guard(program_, atom))
                    out.guards.push_back(at.atom);
                else
                    consider(demand);
                if (demand.holds ? is_another_text(atom) : is_one_of_texts(atom))
                    out.exceptions.push_back(at.atom);
                break;
            }
            case ProgramNode::Kind::Not: open.push_back({at.children[0], !demand.holds}); break;
            default: {
                std::vector<Demand> live;
                for (uint32_t child : at.children)
                    if (found_.at(child).verdict == Known::Unknown) live.push_back({child, demand.holds});
                if ((at.kind == ProgramNode::Kind::And) == demand.holds || live.size() == 1)
                    open.insert(open.end(), live.begin(), live.end());
                else
                    consider(demand);
            }
        }
    }
    std::sort(out.guards.begin(), out.guards.end());
    if (best && (best->chance < kOften || best->cost > kManySearches)) {
        out.literals = best->atoms;
        out.weight = weight(*best);
    }
    return out;
}

}  // namespace stoop
