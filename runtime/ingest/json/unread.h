// SPDX-License-Identifier: Apache-2.0
// Why nothing of a record was read, and what would help: it holds several events, its keys are no fields …
#pragma once

#include <string>
#include <string_view>

#include "runtime/ingest/json/json_tokens.h"

namespace stoop {

struct Unread {
    enum class Kind : uint8_t {
        OtherKeys,           // `name`: the first ones
        NoKeys,              // an empty object
        SeveralEvents,       // `name`: the key that holds an array of them
        AlertWithoutFields,  // of Falco, without `output_fields`
        NoObject,            // `name`: the wrapper that holds something else
        TooManyWrappers,     // one in the other; `name`: those that were opened
        MisspeltField,       // `name`: the key, `meant`: the field
        OtherSource,         // `name`
        UnknownEventType,    // `name`, and perhaps `meant`
        UnreadableTime,      // of an alert
    };
    Kind kind = Kind::OtherKeys;
    std::string name;
    std::string meant = {};

    auto operator<=>(const Unread&) const = default;
};

// Of the object at `token`, whose text is known to be JSON; `alert`: it is what Falco prints as a whole.
Unread explain_unread(JsonTokens& tokens, uint32_t token, bool alert);

// Without what stands in the event, whose text must not be shown. The sources of Falco's own plugins are no
// secret.
Unread without_names(Unread unread);

// A word for programs: `other keys` …
std::string_view unread_reason(Unread::Kind kind);
// A sentence for people about `count` events, or, if that is 0, about this one; and what they can do, empty
// if nothing is known.
std::string unread_text(const Unread& unread, uint64_t count, std::string_view source);
std::string unread_help(const Unread& unread);

}  // namespace stoop
