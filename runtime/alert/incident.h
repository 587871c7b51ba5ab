// SPDX-License-Identifier: Apache-2.0
// An alert as a short report in Markdown, for people who have to do something about it: when, where and how
// bad, one sentence on what happened, and the alert itself. It says only what the alert says; a fact that the
// rule's output does not ask for is left out. Dates and times are UTC. Values from events stand in code spans
// (markdown.h), of which long ones are cut; the alert below has them whole.
//
// A report costs some ten microseconds: it is for reading.
#pragma once

#include "runtime/alert/alert.h"

namespace stoop {

class IncidentRenderer {
  public:
    // As AlertRenderer's.
    IncidentRenderer(const Program& program, AlertOptions options) : alerts_(program, std::move(options)) {}

    // Appends a report that begins with a heading of the second level and ends with a line end. False, and
    // nothing appended, if the alert in it would be longer than the options allow.
    bool report(const ProgramRule& rule, const Event& event, std::string& out);

  private:
    AlertRenderer alerts_;
    std::string alert_;
};

}  // namespace stoop
