#include "runtime/alert/alert.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <random>

#include "runtime/alert/render.h"
#include "runtime/event/time.h"

namespace stoop {
namespace {

std::string fitted(std::string text, uint32_t width) {
    if (width != 0) text.resize(width, ' ');
    return text;
}

std::string random_uuid() {
    std::random_device device;
    auto word = [&] { return (uint64_t{device()} << 32) | device(); };
    uint64_t high = (word() & 0xffffffffffff0fffu) | 0x4000u;
    uint64_t low = (word() & 0x3fffffffffffffffu) | 0x8000000000000000u;
    return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32, high >> 16 & 0xffff, high & 0xffff,
                       low >> 48, low & 0xffffffffffff);
}

bool is_time_field(const FieldRef& ref) { return time_field_text(ref.field->name, 0).has_value(); }

}  // namespace

std::optional<uint64_t> AlertRenderer::time(const Event& event) const {
    const Value& value = event.values[plan_.time_slot];
    if (!value.present()) return std::nullopt;
    return value.u;
}

std::string AlertRenderer::message(const PlanRule& rule, const Event& event) {
    std::string out;
    scratch_.arena.reset();
    for (const OutputPiece& piece : rule.output) {
        if (!piece.is_operand) {
            out += piece.text;
            continue;
        }
        const Operand& operand = piece.operand;
        Value value = evaluate(operand, event.values.data(), scratch_);
        out += fitted(operand.kind == Operand::Kind::Slot
                          ? field_text(value, plan_.slots[operand.slot].ref)
                          : value_text(value, operand.type, operand.list, operand.print),
                      piece.width);
    }
    return out;
}

std::string AlertRenderer::text(const PlanRule& rule, const Event& event) {
    std::string prefix = "<NA>";
    if (auto ns = time(event))
        prefix = options_.time == TimeFormat::Local ? clock_time(*ns, true)
                 : options_.time == TimeFormat::Utc ? utc_clock_time(*ns)
                                                    : iso8601(*ns);
    return fmt::format("{}: {} {}", prefix, priority_name(rule.priority), message(rule, event));
}

std::string AlertRenderer::json(const PlanRule& rule, const Event& event) {
    auto ns = time(event);
    nlohmann::json fields = nlohmann::json::object();
    for (const OutputField& field : rule.output_fields) {
        const FieldRef& ref = plan_.slots[field.slot].ref;
        // A time in any form is the number of nanoseconds.
        fields[field.key] =
            is_time_field(ref) && ns ? nlohmann::json(*ns) : field_json(event.values[field.slot], ref);
    }
    // The prefix's own field counts too.
    fields[options_.time == TimeFormat::Iso8601 ? "evt.time.iso8601" : "evt.time"] =
        ns ? nlohmann::json(*ns) : nlohmann::json(nullptr);
    nlohmann::json out = {{"hostname", options_.hostname},
                          {"output", text(rule, event)},
                          {"output_fields", std::move(fields)},
                          {"priority", priority_name(rule.priority)},
                          {"rule", rule.name},
                          {"source", plan_.source},
                          {"tags", rule.tags},
                          {"time", ns ? nlohmann::json(iso8601_zulu(*ns)) : nlohmann::json(nullptr)}};
    if (options_.uuid) out["uuid"] = random_uuid();
    return out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace stoop
