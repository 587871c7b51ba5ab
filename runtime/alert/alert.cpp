// SPDX-License-Identifier: Apache-2.0
#include "runtime/alert/alert.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>
#include <map>

#include "runtime/alert/render.h"
#include "runtime/base/json_escape.h"
#include "runtime/base/reuse.h"
#include "runtime/base/utf8.h"

namespace stoop {
namespace {

std::string json_string(std::string_view text) {
    std::string out;
    append_json_string(text, out);
    return out;
}

std::string json_strings(const std::vector<std::string>& texts) {
    std::string out;
    for (const std::string& text : texts) out += (out.empty() ? "" : ",") + json_string(text);
    return "[" + out + "]";
}

TimeForm prefix_form(TimeFormat format) {
    switch (format) {
        case TimeFormat::Local: return TimeForm::Clock;
        case TimeFormat::Iso8601: return TimeForm::Iso8601;
        case TimeFormat::Utc: return TimeForm::UtcClock;
    }
    return TimeForm::Clock;
}

}  // namespace

AlertRenderer::AlertRenderer(const Program& program, AlertOptions options)
    : program_(program),
      options_(std::move(options)),
      before_("{\"hostname\":" + json_string(options_.hostname) + ",\"output\":\""),
      prepared_(program.rules.size()) {
    if (!options_.uuid) return;
    std::random_device device;
    std::array<uint32_t, 8> words;
    std::generate(words.begin(), words.end(), std::ref(device));
    std::seed_seq seed(words.begin(), words.end());
    random_.seed(seed);
}

std::optional<uint64_t> AlertRenderer::time(const Event& event) const {
    const Value& value = event.values[program_.time_slot];
    if (!value.present()) return std::nullopt;
    return value.u;
}

std::vector<AlertRenderer::Key> AlertRenderer::keys(const ProgramRule& rule) const {
    std::map<std::string, Key> sorted;
    for (const OutputField& field : rule.output_fields) {
        bool is_time = time_field_form(program_.slots[field.slot].field).has_value();
        sorted[field.key] = {"", is_time ? Key::What::Time : Key::What::Value, field.slot};
    }
    // The prefix's own field counts too.
    sorted[options_.time == TimeFormat::Iso8601 ? "evt.time.iso8601" : "evt.time"] = {"", Key::What::Prefix,
                                                                                      program_.time_slot};
    std::vector<Key> out;
    for (auto& [name, key] : sorted) {
        key.before = (out.empty() ? "" : ",") + json_string(name) + ":";
        out.push_back(std::move(key));
    }
    return out;
}

const AlertRenderer::Prepared& AlertRenderer::prepared(const ProgramRule& rule) {
    auto& out = prepared_[static_cast<size_t>(&rule - program_.rules.data())];
    if (out) return *out;
    std::string_view priority = priority_name(rule.priority);
    out = std::make_unique<Prepared>();
    out->priority = fmt::format(": {} ", priority);
    out->keys = keys(rule);
    out->between = fmt::format(R"(}},"priority":"{}","rule":{},"source":{},"tags":{},"time":)", priority,
                               json_string(rule.name), json_string(program_.source), json_strings(rule.tags));
    return *out;
}

bool AlertRenderer::keep_if_fits(size_t begin, std::string& out) const {
    if (fits(begin, out)) return true;
    out.resize(begin);
    return false;
}

void AlertRenderer::append_message(const ProgramRule& rule, const Event& event, size_t begin,
                                   std::string& out) {
    for (const OutputPiece& piece : rule.output) {
        if (!fits(begin, out)) return;
        if (!piece.is_operand) {
            out += piece.text;
            continue;
        }
        const Operand& operand = piece.operand;
        size_t start = out.size();
        scratch_.arena.reset();
        Value value = evaluate(operand, event.values.data(), scratch_);
        if (operand.kind == Operand::Kind::Slot)
            append_field_text(value, program_.slots[operand.slot], out);
        else
            append_value_text(value, operand.type, operand.list, operand.print, out);
        // What is too long is left out as a whole: no blanks for it.
        if (piece.width > options_.largest) return;
        if (piece.width != 0) out.resize(start + piece.width, ' ');
    }
}

void AlertRenderer::append_text(const ProgramRule& rule, const Event& event, size_t begin, std::string& out) {
    if (auto ns = time(event))
        times_.append(prefix_form(options_.time), *ns, out);
    else
        out += "<NA>";
    out += prepared(rule).priority;
    append_message(rule, event, begin, out);
}

// Escapes may make six bytes of one, so this takes a step after the other.
void AlertRenderer::append_escaped(std::string_view text, size_t begin, std::string& out) const {
    constexpr size_t kStep = size_t{1} << 20;
    while (!text.empty() && fits(begin, out)) {
        size_t size = std::min(text.size(), kStep);
        // Not within a character; of what is none any step will do.
        for (size_t back = 0; back < 4 && size < text.size(); ++back)
            if (starts_character(text[size - back])) {
                size -= back;
                break;
            }
        append_json_escaped(text.substr(0, size), out);
        text.remove_prefix(size);
    }
}

void AlertRenderer::append_fields(const Prepared& prepared, const Event& event, size_t begin,
                                  std::string& out) const {
    const Value& time = event.values[program_.time_slot];
    for (const Key& key : prepared.keys) {
        if (!fits(begin, out)) return;
        out += key.before;
        const Value& value = event.values[key.slot];
        // A time in any form is the number of nanoseconds.
        if (key.what == Key::What::Prefix || (key.what == Key::What::Time && time.present()))
            append_value_json(time, Type::ABSTIME, false, PrintFormat::Decimal, out);
        else
            append_field_json(value, program_.slots[key.slot], out);
    }
}

bool AlertRenderer::message(const ProgramRule& rule, const Event& event, std::string& out) {
    size_t begin = out.size();
    append_message(rule, event, begin, out);
    return keep_if_fits(begin, out);
}

bool AlertRenderer::text(const ProgramRule& rule, const Event& event, std::string& out) {
    size_t begin = out.size();
    append_text(rule, event, begin, out);
    return keep_if_fits(begin, out);
}

bool AlertRenderer::json(const ProgramRule& rule, const Event& event, std::string& out) {
    const size_t begin = out.size();
    const Prepared& known = prepared(rule);
    out += before_;
    clear_for_reuse(line_);
    append_text(rule, event, 0, line_);
    append_escaped(line_, begin, out);
    out += R"(","output_fields":{)";
    append_fields(known, event, begin, out);
    out += known.between;
    if (auto ns = time(event)) {
        out += '"';
        times_.append(TimeForm::Iso8601Zulu, *ns, out);
        out += '"';
    } else {
        out += "null";
    }
    if (options_.uuid) append_uuid(out);
    out += '}';
    return keep_if_fits(begin, out);
}

void AlertRenderer::append_uuid(std::string& out) {
    uint64_t high = (random_() & 0xffffffffffff0fffu) | 0x4000u;
    uint64_t low = (random_() & 0x3fffffffffffffffu) | 0x8000000000000000u;
    fmt::format_to(std::back_inserter(out), R"(,"uuid":"{:08x}-{:04x}-{:04x}-{:04x}-{:012x}")", high >> 32,
                   high >> 16 & 0xffff, high & 0xffff, low >> 48, low & 0xffffffffffff);
}

}  // namespace stoop
