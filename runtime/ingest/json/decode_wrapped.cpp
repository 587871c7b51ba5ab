// SPDX-License-Identifier: Apache-2.0
// What the decoder does with a record that is no event by itself: it opens the wrapper around the event, or
// says why nothing was read.
#include <fmt/format.h>

#include "runtime/ingest/json/event_decoder.h"

namespace stoop {

void EventDecoder::open(uint8_t wrapper, Layer layer) {
    layers_[depth_] = layer;
    opened_[depth_++] = wrapper;
}

std::optional<EventProblem> EventDecoder::open_cri_line(CriLine line, std::string_view text, Event& event) {
    if (depth_ == kMostWrappers) {
        not_opened_ = too_many_wrappers(kCriWrapper);
    } else {
        open(kCriWrapper, {line.content, {}});
        text.remove_prefix(line.content);
        if (line.partial)
            return EventProblem{EventProblem::Kind::NotJson,
                                "this is a piece of a line (P); the pieces are not put together",
                                "",
                                "join the pieces of a line before: those marked P and the F behind them",
                                0,
                                1};
        if (may_hold_event(text)) {
            content_ = text;
            return std::nullopt;
        }
        not_opened_ = Unread{Unread::Kind::NoObject, wrapper_text(kCriWrapper)};
    }
    if (check_ == Check::AllFields) return unread_problem();
    set_source(event);
    set_number(event);
    return std::nullopt;
}

Unread EventDecoder::too_many_wrappers(uint8_t inner) const {
    std::string in;
    for (uint8_t outer : opened()) in += wrapper_text(outer) + ", ";
    return {Unread::Kind::TooManyWrappers, in + wrapper_text(inner)};
}

// What stands under the key of a wrapper, as it is written; empty if that is no event.
std::string_view EventDecoder::wrapped(uint8_t wrapper, std::string_view text) {
    uint32_t token = found_.of(wrapper_mark(wrapper));
    if (!token) return {};
    size_t begin = tokens_.begin(token);
    if (tokens_.kind(token) == '{') return text.substr(begin, tokens_.value_end(token) - begin);
    if (tokens_.kind(token) != '"') return {};
    std::string_view raw = tokens_.raw_string(token);
    return may_hold_event(raw) ? raw : std::string_view();
}

// The wrapper to be opened; kWrappers if there is none. Of several keys that may hold an event the one in
// which names of fields stand is meant.
uint8_t EventDecoder::find_wrapper(std::string_view text) {
    if (found_.of(Mark::EventType)) return kWrappers;  // an event that has such a key beside its fields
    uint8_t first = kWrappers;
    for (uint8_t i = 0; i < kWrappers; ++i) {
        std::string_view content = wrapped(i, text);
        if (content.empty()) continue;
        if (content.find("output_fields") != content.npos || content.find("evt.") != content.npos) return i;
        if (first == kWrappers) first = i;
    }
    return first;
}

bool EventDecoder::open_wrapper(std::string_view text, Event& event) {
    uint8_t wrapper = find_wrapper(text);
    if (wrapper == kWrappers || depth_ == kMostWrappers) return false;
    uint32_t token = found_.of(wrapper_mark(wrapper));
    size_t begin = tokens_.begin(token);
    std::string_view inside = wrapped(wrapper, text);
    if (tokens_.kind(token) == '{') {
        open(wrapper, {begin, {}});
        content_ = inside;
    } else {
        open(wrapper, {begin + 1, inside});
        content_ = tokens_.string(token, event.arena);
    }
    std::fill(event.values.begin(), event.values.end(), Value());
    return true;
}

// A place in what a wrapper holds as one in the record.
EventProblem EventDecoder::outward(EventProblem problem) const {
    if (depth_ == 0) return problem;
    std::string in;
    for (uint8_t i = 0; i < depth_; ++i) in += (i == 0 ? "" : ", ") + wrapper_text(opened_[i]);
    problem.message = fmt::format("in {}: {}", in, problem.message);
    for (uint8_t i = depth_; i-- > 0;) {
        const Layer& layer = layers_[i];
        for (size_t* at : {&problem.begin, &problem.end})
            *at = layer.begin + (layer.raw.empty() ? *at : place_in_json_string(layer.raw, *at));
    }
    return problem;
}

Unread EventDecoder::why_unread() {
    if (not_opened_) return *not_opened_;
    if (alert_) return explain_unread(tokens_, found_.of(Mark::OutputFields), true);
    std::string path;  // of objects in objects
    for (uint8_t i = 0; i < depth_; ++i)
        path = layers_[i].raw.empty() && opened_[i] != kCriWrapper
                   ? fmt::format("{}{}.", path, wrappers()[opened_[i]].key)
                   : "";
    uint8_t silent = kWrappers;
    for (uint8_t i = 0; i < kWrappers; ++i) {
        uint32_t token = found_.of(wrapper_mark(i));
        if (!token) continue;
        bool text = tokens_.kind(token) == '"';
        bool object = tokens_.kind(token) == '{' || (text && may_hold_event(tokens_.raw_string(token)));
        if (text && !object && silent == kWrappers) silent = i;
        if (object && depth_ == kMostWrappers) return too_many_wrappers(i);
    }
    Unread out = explain_unread(tokens_, 0, false);
    if (out.kind == Unread::Kind::SeveralEvents) out.name = path + out.name;
    if (out.kind == Unread::Kind::OtherKeys && silent != kWrappers)
        return {Unread::Kind::NoObject, wrapper_text(silent)};
    return out;
}

// For those who want every field to be known.
std::optional<EventProblem> EventDecoder::unread_problem() {
    unread_ = true;
    Unread why = why_unread();
    if (why.kind == Unread::Kind::OtherKeys && found_.unknown) return found_.unknown;
    return EventProblem{EventProblem::Kind::UnknownField,
                        unread_text(why, 0, schema_.source()),
                        "",
                        unread_help(without_names(why)),
                        0,
                        1};
}

}  // namespace stoop
