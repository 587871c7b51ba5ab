// SPDX-License-Identifier: Apache-2.0
#include "runtime/ingest/event_problem.h"

namespace stoop {

EventProblem without_quotes(EventProblem problem) {
    problem.label.clear();
    switch (problem.kind) {
        case EventProblem::Kind::NotJson: problem.message = "this is not a JSON object"; break;
        case EventProblem::Kind::WrongType: problem.message = "a value is not of its field's type"; break;
        case EventProblem::Kind::UnknownField:
            problem.message = "a field that its source does not have";
            break;
        case EventProblem::Kind::LimitExceeded:  // names the rules and fields that asked
        case EventProblem::Kind::TooLong:
        case EventProblem::Kind::Truncated: break;  // these quote nothing of the file
    }
    return problem;
}

}  // namespace stoop
