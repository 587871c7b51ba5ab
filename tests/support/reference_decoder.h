// SPDX-License-Identifier: Apache-2.0
// What an event means, said once more and simply: the whole of it as a tree of nlohmann's, every field looked
// up in it. The decoder proper is compared with this.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "runtime/ingest/json/event_decoder.h"

namespace stoop::tests {

class ReferenceDecoder {
  public:
    ReferenceDecoder(const Schema& schema, const Program& program, Check check);

    // As EventDecoder::decode, but of a problem only the kind is told.
    std::optional<EventProblem::Kind> decode(std::string_view text, Event& event);

  private:
    struct Fields;
    std::optional<EventProblem::Kind> decode_in(std::string_view text, size_t wrappers, Event& event);
    std::optional<std::string> unwrapped(std::string_view text, const Fields& fields) const;
    std::optional<EventProblem::Kind> read(const Fields& fields, Event& event);
    void finish(const Fields& fields, Event& event);
    bool is_prefix(const std::string& name) const;

    const Schema& schema_;
    const Program& program_;
    Check check_;
    std::vector<Slot> slots_;
    Deriver deriver_;
};

}  // namespace stoop::tests
