// SPDX-License-Identifier: Apache-2.0
#include "compiler/codegen/plan_key.h"

#include <span>

namespace stoop {
namespace {

// Every number has a fixed size and every text and list its length before it, so no two plans are written
// alike.
class Writer {
  public:
    template <typename Number>
    void number(Number value) {
        out.append(reinterpret_cast<const char*>(&value), sizeof value);
    }
    void text(std::string_view text) {
        number<uint64_t>(text.size());
        out += text;
    }
    template <typename Items, typename Write>
    void list(const Items& items, Write&& write) {
        number<uint64_t>(items.size());
        for (const auto& item : items) write(item);
    }
    void numbers(const std::vector<uint32_t>& items) {
        list(items, [&](uint32_t item) { number(item); });
    }

    void operand(const Operand& operand) {
        number(operand.kind);
        number(operand.type);
        number(operand.list);
        number(operand.slot);
    }
    void atom(const Atom& atom) {
        operand(atom.left);
        number(atom.op);
        number(atom.modifier);
        number(atom.comparison);
        number(atom.right_is_operand);
        if (atom.right_is_operand) operand(atom.right);
        number(atom.texts.empty());
        number(atom.ranges.empty());
        number(atom.regex_literals.empty());
        list(atom.constants, [&](const Value& constant) { value(constant, type_class(atom.left.type)); });
    }
    void value(const Value& value, TypeClass type) {
        bool bytes = type == TypeClass::Text || type == TypeClass::Bytes || type == TypeClass::Address ||
                     type == TypeClass::Network;
        bytes ? text(value.text()) : number(value.u);
    }
    void pair(const Substrings* parts) {
        const BytePair* pair = parts ? parts->pair() : nullptr;
        number(pair != nullptr);
        if (!pair) return;
        number(pair->first);
        number(pair->second);
        number<uint64_t>(pair->distance);
        number(parts->fold());
    }
    void bucket(const Bucket& bucket, const Dispatch::Types& types, const MatchProgram& program) {
        list(bucket.members, [&](const Bucket::Member& member) { number(member.rule); });
        list(types.atoms.all(), [&](const auto& known) {
            number(known.first);
            number(known.second);
        });
        number(bucket.in_turn);
        number(bucket.mixed);
        numbers(types.guards);
        list(types.literals, [&](const std::vector<Dispatch::Literal>& literals) {
            list(literals, [&](const Dispatch::Literal& literal) {
                number(literal.place);
                text(literal.text);
                number(literal.guards);
                number(literal.members);
                number(literal.excluded);
                number(literal.list);
                number(literal.exception.value_or(UINT32_MAX));
            });
        });
        list(bucket.looks, [&](const Bucket::Look& look) {
            number(look.slot);
            number(look.index);
            number(look.of_ranges);
            if (!look.of_ranges) pair(program.indexes[look.index].only_parts());
            list(look.parts, [&](const Bucket::Look::Part& part) {
                number(part.places);
                numbers(part.needs);
            });
        });
        list(bucket.always, [&](const Bucket::Always& always) {
            number(always.list);
            number(always.guards);
            const RuleRange& members = program.lists[always.list];
            list(std::span(program.members).subspan(members.begin, members.count),
                 [&](const MemberBits& some) {
                     number(some.word);
                     number(some.bits);
                 });
        });
    }

    std::string out;
};

}  // namespace

std::string plan_key(const Plan& plan, const Dispatch& dispatch, std::string_view identity) {
    Writer writer;
    writer.text(identity);
    writer.list(plan.atoms, [&](const Atom& atom) { writer.atom(atom); });
    writer.list(plan.nodes, [&](const PlanNode& node) {
        writer.number(node.kind);
        writer.number(node.atom);
        writer.numbers(node.children);
    });
    writer.list(plan.rules, [&](const PlanRule& rule) {
        writer.number(rule.node);
        writer.number<uint64_t>(rule.tree.nodes.size());
    });
    writer.numbers(dispatch.program.bucket_of);
    for (size_t i = 0; i < dispatch.types.size(); ++i)
        writer.bucket(dispatch.program.buckets[i], dispatch.types[i], dispatch.program);
    return std::move(writer.out);
}

}  // namespace stoop
