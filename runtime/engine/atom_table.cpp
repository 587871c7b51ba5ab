// SPDX-License-Identifier: Apache-2.0
#include "runtime/engine/atom_table.h"

#include <re2/re2.h>

#include <algorithm>
#include <cstring>
#include <map>

#include "runtime/engine/regex_store.h"
#include "runtime/event/address.h"
#include "runtime/search/glob.h"
#include "runtime/search/path_prefix.h"
#include "runtime/search/substrings.h"
#include "runtime/search/text.h"

namespace stoop {

AtomTable::AtomTable(const Atom& given) : atom(&given), computes(uses_scratch(given)) {}
AtomTable::AtomTable(AtomTable&&) noexcept = default;
AtomTable& AtomTable::operator=(AtomTable&&) noexcept = default;
AtomTable::~AtomTable() = default;

namespace {

template <typename T>
bool ordered(Operator op, const T& left, const T& right) {
    switch (op) {
        case Operator::Eq:
        case Operator::In:
        case Operator::Intersects: return left == right;
        case Operator::Ne: return left != right;
        case Operator::Lt: return left < right;
        case Operator::Le: return left <= right;
        case Operator::Gt: return left > right;
        case Operator::Ge: return left >= right;
        default: return false;
    }
}

bool compare_text(Operator op, std::string_view left, std::string_view right) {
    switch (op) {
        case Operator::Contains:
        case Operator::Bcontains: return contains(left, right);
        case Operator::Icontains: return contains_ignoring_case(left, right);
        case Operator::Startswith:
        case Operator::Bstartswith: return left.starts_with(right);
        case Operator::Endswith: return left.ends_with(right);
        case Operator::Glob: return glob(left, right, false);
        case Operator::Iglob: return glob(left, right, true);
        default: return ordered(op, left, right);
    }
}

// The constant is an address and one byte of prefix. A network of the other family contains nothing.
bool inside(const Value& address, const Value& network) {
    if (address.size + 1 != network.size) return false;
    return in_network(address.text(), network.text(), static_cast<unsigned char>(network.data[address.size]));
}

// One value against one operand, by the class of their common type.
bool compare(Operator op, TypeClass type, const Value& left, const Value& right) {
    switch (type) {
        case TypeClass::Signed: return ordered(op, left.i, right.i);
        case TypeClass::Unsigned:
        case TypeClass::Boolean: return ordered(op, left.u, right.u);
        case TypeClass::Double: return ordered(op, left.d, right.d);
        case TypeClass::Text:
        case TypeClass::Bytes: return compare_text(op, left.text(), right.text());
        case TypeClass::Address: return ordered(op, left.text(), right.text());
        case TypeClass::Network: return inside(left, right) == (op != Operator::Ne);
        case TypeClass::Opaque: return false;
    }
    return false;
}

bool compare_constant(const AtomTable& table, const Value& left, size_t index) {
    const Atom& atom = *table.atom;
    if (atom.op == Operator::Regex)
        return RE2::FullMatch(re2::StringPiece(left.data, left.size), *table.regexes[index]);
    return compare(atom.op, type_class(atom.left.type), left, atom.constants[index]);
}

bool in_constants(const AtomTable& table, const Value& left) {
    const Atom& atom = *table.atom;
    TypeClass type = type_class(atom.left.type);
    if (!table.texts.empty()) return table.texts.find(left.text()) != TextTable::kNone;
    if (!table.ranges.empty()) return table.ranges.contains(left, type);
    return std::any_of(atom.constants.begin(), atom.constants.end(),
                       [&](const Value& constant) { return compare(Operator::Eq, type, left, constant); });
}

bool contains_part(const AtomTable& table, const Value& left) {
    bool found = false;
    table.parts->scan(left.text(), [&](const RuleRange&) {
        found = true;
        return false;
    });
    return found;
}

bool test_modified(const AtomTable& table, const Value& left) {
    const Atom& atom = *table.atom;
    if (table.parts) return contains_part(table, left);
    size_t count = atom.constants.size();
    if (count == 0) return false;
    if (type_class(atom.left.type) == TypeClass::Network) {
        // Falco looks networks up byte by byte in these two cases and never finds them (§10.9).
        if (atom.op == Operator::Eq && atom.modifier == Modifier::Anyof) return false;
        if (atom.op == Operator::Ne && atom.modifier == Modifier::Allof) return true;
    }
    size_t hold = 0;
    for (size_t i = 0; i < count; ++i) hold += compare_constant(table, left, i);
    switch (atom.modifier) {
        case Modifier::Oneof: return hold == 1;
        case Modifier::Anyof: return hold != 0;
        default: return hold == count;
    }
}

bool test_list(const AtomTable& table, const Value& left, const Value* right, Scratch& scratch) {
    const Atom& atom = *table.atom;
    constexpr size_t kFew = 256;  // comparisons take less time than filling a table
    auto items = left.list();
    TypeClass type = type_class(atom.left.type);
    bool in_table =
        right && atom.right.list && items.size() * right->list().size() > kFew && ValueTable::holds(type);
    if (in_table) scratch.table.fill(right->list(), type);
    auto member = [&](const Value& item) {
        if (!right) return in_constants(table, item);
        if (in_table) return scratch.table.contains(item);
        auto equal = [&](const Value& other) { return compare(Operator::Eq, type, item, other); };
        return atom.right.list ? std::any_of(right->list().begin(), right->list().end(), equal)
                               : equal(*right);
    };
    return atom.op == Operator::In ? std::all_of(items.begin(), items.end(), member)
                                   : std::any_of(items.begin(), items.end(), member);
}

// A present value that is not a list, without a right operand and without exceptions to the rule.
bool test_constants(const AtomTable& table, const Value& left) {
    const Atom& atom = *table.atom;
    if (atom.modifier != Modifier::None) return test_modified(table, left);
    switch (atom.op) {
        case Operator::Exists: return true;
        case Operator::In:
        case Operator::Intersects: return in_constants(table, left);
        case Operator::Pmatch: return table.paths->match(left.text());
        default: return compare_constant(table, left, 0);
    }
}

// Fields that stand for two endpoints: `=` and the like hold if either satisfies them, `!=` if both do.
bool test_endpoints(const AtomTable& table, const Value& left, bool set_operators) {
    const Atom& atom = *table.atom;
    auto ends = left.list();
    if (atom.op == Operator::Exists) return true;
    if (atom.constants.empty() || ends.empty()) return false;
    if (atom.op == Operator::In || atom.op == Operator::Intersects) {
        if (!set_operators || atom.op == Operator::Intersects) return false;
        if (atom.comparison == Comparison::EitherPort)
            return std::any_of(ends.begin(), ends.end(),
                               [&](const Value& end) { return in_constants(table, end); });
    }
    auto holds = [&](const Value& end) { return compare_constant(table, end, 0); };
    return atom.op == Operator::Ne ? std::all_of(ends.begin(), ends.end(), holds)
                                   : std::any_of(ends.begin(), ends.end(), holds);
}

bool test_ancestors(const AtomTable& table, const Value& left) {
    const Atom& atom = *table.atom;
    auto ancestors = left.list();
    if (atom.op == Operator::Exists) return !ancestors.empty();
    bool set = atom.op == Operator::In || atom.op == Operator::Intersects;
    if (set && type_class(atom.left.type) != TypeClass::Text) return false;  // Falco's look-up is by length 0
    if (!set && atom.op != Operator::Pmatch && atom.constants.empty()) return false;
    return std::any_of(ancestors.begin(), ancestors.end(), [&](const Value& ancestor) {
        if (!ancestor.present()) return false;  // known to be there, but not what it is
        if (atom.op == Operator::Pmatch) return table.paths->match(ancestor.text());
        return set ? in_constants(table, ancestor) : compare_constant(table, ancestor, 0);
    });
}

bool test_raw_argument(const AtomTable& table, const Value& left) {
    const Atom& atom = *table.atom;
    TypeClass type = type_class(atom.left.type);
    if ((type == TypeClass::Text || type == TypeClass::Bytes) && left.size == 0)
        return false;  // empty is absent here
    if (atom.op == Operator::Exists) return true;
    bool set = atom.op == Operator::In || atom.op == Operator::Intersects;
    if (set) return type_class(atom.left.type) == TypeClass::Text && in_constants(table, left);
    if (atom.op == Operator::Pmatch) return table.paths->match(left.text());
    return !atom.constants.empty() && compare_constant(table, left, 0);
}

// Falco's string transformers leave a zero byte at the end, which only a look-up in a set notices (§12).
bool keeps_zero_byte(const Operand& operand) {
    if (operand.kind != Operand::Kind::Transform || operand.list) return false;
    return operand.transformer == Transformer::Tolower || operand.transformer == Transformer::Toupper ||
           operand.transformer == Transformer::Basename || operand.transformer == Transformer::B64;
}

bool test_right_operand(const AtomTable& table, const Value& left, const Value* slots, Scratch& scratch) {
    const Atom& atom = *table.atom;
    Value right = evaluate(atom.right, slots, scratch);
    if (!right.present()) return false;
    bool set = atom.op == Operator::In || atom.op == Operator::Intersects;
    if (set && keeps_zero_byte(atom.right)) return false;
    if (atom.left.list) return test_list(table, left, &right, scratch);
    return compare(atom.op, type_class(atom.left.type), left, right);
}

bool test_sides(const AtomTable& table, const Value* slots, Scratch& scratch) {
    const Atom& atom = *table.atom;
    Value left = evaluate(atom.left, slots, scratch);
    if (!left.present()) return false;
    switch (atom.comparison) {
        case Comparison::Ordinary: break;
        case Comparison::EitherAddress: return test_endpoints(table, left, false);
        case Comparison::EitherNetwork:
        case Comparison::EitherPort: return test_endpoints(table, left, true);
        case Comparison::AnyAncestor: return test_ancestors(table, left);
        case Comparison::RawArgument: return test_raw_argument(table, left);
        case Comparison::Around:  // the value is the distance in nanoseconds, the operand a number of
                                  // milliseconds
            return atom.op == Operator::Eq && !atom.constants.empty() &&
                   left.u / 1'000'000 + (left.u % 1'000'000 != 0) <= atom.constants[0].u;
        case Comparison::HostName:
            if (atom.op != Operator::Eq && atom.op != Operator::Ne && atom.op != Operator::In) return false;
            break;
    }
    if (atom.op == Operator::Exists) return true;
    if (atom.right_is_operand) return test_right_operand(table, left, slots, scratch);
    if (atom.left.list) return test_list(table, left, nullptr, scratch);
    return test_constants(table, left);
}

bool is_set(const Atom& atom) { return atom.op == Operator::In || atom.op == Operator::Intersects; }

void prepare_texts(const Atom& atom, TextTable& out) {
    TypeClass type = type_class(atom.left.type);
    bool texts = type == TypeClass::Text || type == TypeClass::Bytes || type == TypeClass::Address;
    if (!is_set(atom) || !texts || atom.constants.size() < AtomTable::kManyConstants) return;
    std::vector<std::string_view> constants;
    for (const Value& constant : atom.constants) constants.push_back(constant.text());
    out.build(constants);
}

void prepare_ranges(const Atom& atom, RangeSet& out) {
    TypeClass type = type_class(atom.left.type);
    bool numbers = type == TypeClass::Signed || type == TypeClass::Unsigned;
    size_t many = numbers ? AtomTable::kManyNumbers : AtomTable::kManyConstants;
    if (!is_set(atom) || !(numbers || type == TypeClass::Network) || atom.constants.size() < many) return;
    std::vector<KeyRange> ranges;
    for (const Value& constant : atom.constants)
        ranges.push_back(numbers ? number_range(constant, type) : network_range(constant.text()));
    out.build(std::move(ranges));
}

void prepare_parts(const Atom& atom, size_t& memory_left, std::unique_ptr<Substrings>& out) {
    if (!is_search_for_many(atom)) return;
    bool ignore_case = atom.op == Operator::Icontains;
    std::map<std::string, RuleRange> parts;
    for (const Value& constant : atom.constants) {
        std::string text(constant.text());
        if (text.empty()) return;
        if (ignore_case) std::transform(text.begin(), text.end(), text.begin(), ascii_lower);
        parts[text].count = 1;
    }
    size_t memory = Substrings::memory(parts);
    if (memory > memory_left) return;
    memory_left -= memory;
    out = std::make_unique<Substrings>();
    out->build(parts, ignore_case);
}

}  // namespace

AtomTable prepare(const Atom& atom, const RegexStore& regexes, size_t& parts_memory) {
    AtomTable out(atom);
    if (atom.op == Operator::Pmatch) {
        out.paths = std::make_unique<PathPrefixes>();
        for (const Value& constant : atom.constants) out.paths->add(constant.text());
    }
    if (atom.op == Operator::Regex) {
        for (const Value& constant : atom.constants) {
            const RegexStore::Entry& entry = regexes.find(constant.text());
            out.regexes.push_back(entry.regex);
            if (atom.constants.size() == 1) out.regex_literals = entry.literals;
        }
    }
    prepare_texts(atom, out.texts);
    if (type_class(atom.left.type) == TypeClass::Text)
        for (const Value& text : atom.constants) out.fingerprints |= fingerprint(text.text());
    prepare_ranges(atom, out.ranges);
    prepare_parts(atom, parts_memory, out.parts);
    return out;
}

bool matches_regex(const AtomTable& table, const Value& value) {
    auto is_there = [&](const std::string& text) { return contains_ignoring_case(value.text(), text); };
    const std::vector<std::string>& literals = table.regex_literals;
    return (literals.empty() || std::any_of(literals.begin(), literals.end(), is_there)) &&
           RE2::FullMatch(re2::StringPiece(value.data, value.size), *table.regexes[0]);
}

bool test(const AtomTable& table, const Value* slots, Scratch& scratch) {
    if (!table.computes) return test_sides(table, slots, scratch);
    Arena::Mark before = scratch.arena.mark();
    bool out = test_sides(table, slots, scratch);
    scratch.arena.rewind(before);
    return out;
}

}  // namespace stoop
