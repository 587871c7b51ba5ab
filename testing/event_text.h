// SPDX-License-Identifier: Apache-2.0
// The JSON of the events of tests, with what a test changes in them.
//
// Events are not kept with their changes: a test of many events and many variants would be both multiplied.
// Costs a walk over the event, and a look-up for each of its fields. One thread; memory is kept.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/base/text_map.h"
#include "runtime/ingest/json/json_tokens.h"
#include "testing/suite.h"

namespace stoop {

class EventText {
  public:
    // Valid until the next call; the test must outlive that.
    std::string_view of(const LoadedTest& test, size_t event);

    // The name of the machine that an alert was recorded on, if it has one.
    std::optional<std::string> hostname(const LoadedTest& test, size_t event);

    // The last of the fields that the test itself gives and that begin in the text at `offset` or before;
    // null if there is none.
    const FieldValue* given_before(size_t offset) const;

  private:
    void set_test(const LoadedTest& test);
    std::optional<std::string_view> copy_recorded(std::string_view text);
    template <typename Visit>
    void for_each_entry(uint32_t object, const Visit& visit);
    void separate();
    void put(const FieldValue& value);
    bool is_changed(std::string_view field) const { return changed_.contains(field); }

    const TestCase* test_ = nullptr;  // whose changes the following are
    uint32_t variant_ = 0;
    TextViewMap<const FieldValue*> changed_;  // null: unset
    std::vector<const FieldValue*> set_;      // in order; of a field that is set again the last one
    JsonTokens tokens_;
    Arena arena_;
    std::string text_;
    bool first_ = true;                                        // of the fields
    std::vector<std::pair<size_t, const FieldValue*>> given_;  // where each begins
};

}  // namespace stoop
