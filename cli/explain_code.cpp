// SPDX-License-Identifier: Apache-2.0
// stoop explain-code: the page of a diagnostic, from docs/codes.md.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <sstream>

#include "cli/command.h"
#include "cli/message.h"
#include "cli/terminal.h"
#include "embedded_codes.h"
#include "runtime/base/ascii.h"
#include "runtime/base/nearest.h"
#include "runtime/base/wrap.h"

namespace stoop::cli {
namespace {

// The section of the code, without its place in the document.
std::string page(std::string_view code) {
    std::string_view text = embedded::kCodes;
    std::string title = fmt::format("\n## {}\n", code);
    size_t begin = text.find(title);
    if (begin == text.npos) return "";
    std::string_view out = text.substr(begin + 4);
    return std::string(out.substr(0, out.find("\n## ")));
}

// The page with its paragraphs broken where the terminal ends; examples stay as they are.
std::string fitted(const std::string& page, size_t width) {
    std::string out;
    bool example = false;
    std::istringstream lines(page);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("```")) example = !example;
        out += (example ? line : wrapped(line, width, "")) + "\n";
    }
    return out;
}

// `error[E0101]`, as a message begins, is `E0101`.
std::string code_in(const std::string& text) {
    size_t open = text.find('['), close = text.find(']');
    return open < close && close != text.npos ? text.substr(open + 1, close - open - 1) : text;
}

int explain_code(const std::string& given) {
    std::string asked = code_in(given);
    std::vector<std::string> known;
    std::optional<Problem> problem;
    for (size_t i = 0; i < problem_count(); ++i)
        for (std::string name : {std::string(problem_info(static_cast<Problem>(i)).code),
                                 problem_name(static_cast<Problem>(i))}) {
            if (name == asked || name == upper(asked)) problem = static_cast<Problem>(i);
            known.push_back(std::move(name));
        }
    if (!problem) {
        std::string near = nearest(asked, {known.begin(), known.end()});
        if (near.empty()) near = nearest(upper(asked), {known.begin(), known.end()});
        message("error: no diagnostic '{}'; {}\n", asked,
                near.empty() ? "docs/diagnostics.md lists all" : "did you mean '" + near + "'?");
        return kUsage;
    }
    std::string text = page(problem_info(*problem).code);
    while (text.ends_with("\n")) text.pop_back();
    write_output(fitted(text, terminal_width(STDOUT_FILENO)));
    return kOk;
}

}  // namespace

void add_explain_code(CLI::App& app, const Global&, Chosen& chosen) {
    auto code = std::make_shared<std::string>();
    auto* command = app.add_subcommand("explain-code", "What a diagnostic means, an example and the mend");
    command->footer("Example:\n  stoop explain-code E0105");
    command->add_option("CODE", *code, "The code or the name of a diagnostic: E0105, unknown-macro")
        ->required();
    command->callback([=, &chosen] { chosen = [=] { return explain_code(*code); }; });
}

}  // namespace stoop::cli
