// SPDX-License-Identifier: Apache-2.0
// Values as Falco prints them: in the text of an output, and in the JSON of an alert (spec: output.md §2,
// §3). All of these append to `out`, may be called from any thread, and allocate only where `out` has to
// grow. A value costs about what copying its text does; numbers and addresses some ten nanoseconds.
#pragma once

#include <string>

#include "runtime/event/value.h"
#include "runtime/program/program.h"

namespace stoop {

// `<NA>` for what is absent; `null` in JSON.
void append_value_text(const Value& value, Type type, bool list, PrintFormat print, std::string& out);
void append_value_json(const Value& value, Type type, bool list, PrintFormat print, std::string& out);

// The value of a field in its own right; some fields print otherwise than their type does.
void append_field_text(const Value& value, const Slot& slot, std::string& out);
void append_field_json(const Value& value, const Slot& slot, std::string& out);

}  // namespace stoop
