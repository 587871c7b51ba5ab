// SPDX-License-Identifier: Apache-2.0
#include "compiler/semantics/output_template.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "compiler/syntax/parser.h"

namespace stoop {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name(char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '.'; }

constexpr std::string_view kContainerInfo = "%container.info";
constexpr size_t kLongestReference = 4096;

// The end of the bracketed text that opens at `at`, quotes respected; npos if it is not closed.
size_t closing(std::string_view text, size_t at) {
    text = text.substr(0, at + kLongestReference);
    char open = text[at];
    char close = open == '(' ? ')' : ']';
    size_t depth = 0;
    char quote = 0;
    for (size_t i = at; i < text.size(); ++i) {
        char c = text[i];
        if (quote) {
            if (c == quote && text[i - 1] != '\\') quote = 0;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == open) {
            ++depth;
        } else if (c == close && --depth == 0) {
            return i + 1;
        }
    }
    return text.npos;
}

class OutputCompiler {
  public:
    OutputCompiler(const MappedText& written, OperandChecker& checker, const FalcoContext& falco,
                   Diagnostics& diagnostics)
        : written_(written),
          source_(without_container_info(written)),
          text_(source_.text()),
          checker_(checker),
          falco_(falco),
          diagnostics_(diagnostics) {}

    std::optional<CompiledOutput> run();

  private:
    struct Reference {
        Operand operand;
        ast::Operand source;
        size_t end;
    };
    // The longest valid reference that begins at `at`.
    std::optional<Reference> reference(size_t at);
    std::optional<Reference> parse(size_t begin, size_t end);
    std::optional<Reference> attempt(ast::Operand source, size_t end);
    void collect_fields(const ast::Operand& source, const Operand& operand);
    void add_text(std::string_view text);
    void report(size_t begin, size_t end, const char* message, const char* help,
                const char* falco = "unknown filter: unexpected token after '") {
        diagnostics_.report(Problem::BadOutput, false, [&] {
            return Diagnostic{Problem::BadOutput,  message, true, source_.span(begin, end), "", {}, help,
                              falco_.saying(falco)};
        });
    }
    void report_problem(size_t begin) {
        diagnostics_.report(Problem::BadOutput, false, [&] {
            const OperandProblem& p = *problem_;
            ast::Range range = p.range;
            std::string help = help_for(p, checker_.schema());
            // An argument may hold characters that end a field's name.
            if (auto meant = checker_.schema().bracketed(text_.substr(begin, kLongestReference));
                meant && range.begin == 0) {
                range.end = static_cast<uint32_t>(meant->length);
                help = "write " + meant->spelling;
            }
            return Diagnostic{Problem::BadOutput,
                              p.message,
                              true,
                              source_.span(begin + range.begin, begin + range.end),
                              p.label,
                              {},
                              std::move(help),
                              falco_.saying("unknown filter: unexpected token after '")};
        });
    }
    // A field that needs no argument ends where a dot and an argument follow, as in Falco.
    void warn_of_dotted(size_t begin, const Reference& found) {
        if (found.source.kind != ast::Operand::Kind::Field || found.source.argument) return;
        auto meant = checker_.schema().bracketed(text_.substr(begin, kLongestReference));
        if (!meant || begin + meant->length <= found.end) return;
        diagnostics_.report({Problem::DottedArgument,
                             fmt::format("this prints all of '{}' and then '{}'", found.source.name,
                                         text_.substr(found.end, begin + meant->length - found.end)),
                             true,
                             source_.span(begin, begin + meant->length),
                             "",
                             {},
                             fmt::format("write %{} for the one value", meant->spelling)});
    }
    // A field without a percent sign is printed as its name. As a label, before `=` or `:`, it is meant so.
    void warn_of_bare_fields(size_t begin, size_t end) {
        for (size_t at = begin; at < end; ++at) {
            bool starts = is_name(text_[at]) && (at == begin || !is_name(text_[at - 1]));
            if (!starts) continue;
            size_t stop = at;
            while (stop < end && is_name(text_[stop])) ++stop;
            std::string_view word = text_.substr(at, stop - at);
            char before = at > 0 ? text_[at - 1] : ' ', behind = stop < text_.size() ? text_[stop] : ' ';
            bool quoted = before == '$' || (before == '{' && behind == '}');
            if (word.find('.') != word.npos && checker_.schema().exact(word) &&
                (quoted || (behind != '=' && behind != ':')))
                diagnostics_.report({Problem::TakenLiterally,
                                     fmt::format("'{}' in the output is printed as it is", word),
                                     true,
                                     source_.span(at, stop),
                                     "",
                                     {},
                                     fmt::format("for its value: %{}", word)});
            at = stop;
        }
    }
    void report_too_wide(size_t begin, size_t end) {
        const Limits& limits = diagnostics_.limits();
        diagnostics_.report({Problem::LimitExceeded,
                             fmt::format("the widths in this output add up to too much; {}",
                                         limit_text(Limit::OutputWidth, limits[Limit::OutputWidth])),
                             true,
                             source_.span(begin, end),
                             "",
                             {},
                             limit_help(Limit::OutputWidth, limits[Limit::OutputWidth]),
                             falco_});
    }
    std::map<const Field*, size_t> find_deprecated() const;
    void warn_of_deprecated();

    const MappedText& written_;
    const MappedText source_;
    std::string_view text_;
    OperandChecker& checker_;
    const FalcoContext& falco_;
    Diagnostics& diagnostics_;
    CompiledOutput out_;
    std::optional<OperandProblem> problem_;  // of the first attempt, the one the author meant
};

std::optional<OutputCompiler::Reference> OutputCompiler::parse(size_t begin, size_t end) {
    auto parsed = parse_reference(text_.substr(begin, end - begin));
    if (!parsed.node) return std::nullopt;
    return attempt(std::move(*parsed.node), end);
}

std::optional<OutputCompiler::Reference> OutputCompiler::attempt(ast::Operand source, size_t end) {
    std::optional<OperandProblem> problem;
    auto operand = checker_.check(source, problem);
    if (!operand) {
        if (!problem_) problem_ = problem;
        return std::nullopt;
    }
    return Reference{std::move(*operand), std::move(source), end};
}

std::optional<OutputCompiler::Reference> OutputCompiler::reference(size_t at) {
    size_t name_end = at;
    while (name_end < text_.size() && is_name(text_[name_end])) ++name_end;
    if (name_end == at) return std::nullopt;
    // Looks for the end of brackets only behind what may have some, or many of them would be looked at often.
    std::string_view name = text_.substr(at, name_end - at);
    char next = name_end < text_.size() ? text_[name_end] : ' ';
    if ((next == '(' && transformer_from(name)) || (next == '[' && checker_.knows_name(name))) {
        size_t end = closing(text_, name_end);
        if (end != text_.npos && next == '(' && end < text_.size() && text_[end] == '[') {
            size_t selector = closing(text_, end);
            if (selector != text_.npos)
                if (auto found = parse(at, selector)) return found;
        }
        if (end != text_.npos)
            if (auto found = parse(at, end)) return found;
    }
    constexpr size_t kLongestName = 256;
    name_end = std::min(name_end, at + kLongestName);
    for (size_t end = name_end; end > at; --end) {
        // The whole name is tried in any case, for the message.
        if (end != name_end && !checker_.knows_field(text_.substr(at, end - at))) continue;
        ast::Operand field;
        field.name = text_.substr(at, end - at);
        field.range.end = static_cast<uint32_t>(end - at);
        if (auto found = attempt(std::move(field), end)) return found;
    }
    return std::nullopt;
}

// Fields inside transformers count too, untransformed (spec: output.md §3).
void OutputCompiler::collect_fields(const ast::Operand& source, const Operand& operand) {
    if (operand.kind == Operand::Kind::Slot) out_.fields.push_back({ast::to_text(source), operand.slot});
    if (operand.kind == Operand::Kind::Slot) out_.mentions.push_back(ast::to_text(source));
    for (size_t i = 0; i < operand.arguments.size(); ++i)
        collect_fields(source.arguments[i], operand.arguments[i]);
}

void OutputCompiler::add_text(std::string_view text) {
    if (text.empty()) return;
    if (out_.pieces.empty() || out_.pieces.back().is_operand) out_.pieces.emplace_back();
    out_.pieces.back().text += text;
}

// Falco looks for each name anywhere in the text. Of very many names, which no schema of its has, words that
// begin with one are found.
std::map<const Field*, size_t> OutputCompiler::find_deprecated() const {
    constexpr size_t kMany = 64;
    const Schema& schema = checker_.schema();
    std::map<const Field*, size_t> out;  // in the order of the schema
    if (schema.deprecated().size() <= kMany) {
        for (const Field* field : schema.deprecated())
            if (size_t at = text_.find(field->name); at != text_.npos) out[field] = at;
        return out;
    }
    for (size_t at = 0; at < text_.size();) {
        size_t end = at;
        while (end < text_.size() && is_name(text_[end])) ++end;
        const Field* field = schema.named_in(text_.substr(at, end - at));
        if (field && !field->deprecation.empty()) out.try_emplace(field, at);
        at = end + 1;
    }
    return out;
}

void OutputCompiler::warn_of_deprecated() {
    auto warn = [&](Span at, std::string message, std::string help, FalcoContext falco) {
        diagnostics_.report(
            {Problem::Deprecated, std::move(message), true, at, "", {}, std::move(help), std::move(falco)});
    };
    FalcoContext whole_rule = falco_;
    whole_rule.locations.pop_back();
    const std::string& written = written_.text();
    if (size_t at = written.find(kContainerInfo); at != written.npos)
        warn(written_.span(at, at + kContainerInfo.size()),
             "%container.info is deprecated and prints nothing",
             "leave it out, or name the fields that are wanted, such as %container.id",
             whole_rule.saying(
                 "%container.info is deprecated and no more useful, and will be dropped by Falco "
                 "1.0.0. The container plugin will automatically add required fields to the output "
                 "message."));
    for (const auto& [field, at] : find_deprecated()) {
        if (!diagnostics_.keeps(Problem::Deprecated)) break;
        FalcoContext falco = falco_.saying(
            fmt::format("usage of deprecated field '{}' has been detected in the rule output", field->name));
        falco.deprecated_field = field->name;
        warn(source_.span(at, at + field->name.size()), fmt::format("field '{}' is deprecated", field->name),
             field->deprecation, std::move(falco));
    }
}

std::optional<CompiledOutput> OutputCompiler::run() {
    const uint64_t widest = diagnostics_.limits()[Limit::OutputWidth];
    uint64_t widths = 0;
    bool valid = true;
    std::vector<std::pair<size_t, size_t>> texts;  // between the fields
    warn_of_deprecated();
    size_t at = text_.starts_with('*') ? 1 : 0;
    if (text_.empty()) {
        report(0, 0,
               written_.empty() ? "this output is blank"
                                : "nothing is left of this output: Falco takes %container.info out of it",
               "say what happened, with fields such as %proc.name", "empty formatting token");
        return std::nullopt;
    }
    while (at < text_.size()) {
        size_t percent = std::min(text_.find('%', at), text_.size());
        add_text(text_.substr(at, percent - at));
        texts.push_back({at, percent});
        if (percent == text_.size()) break;
        size_t begin = percent + 1;
        uint64_t width = 0;
        while (begin < text_.size() && is_digit(text_[begin])) {
            width = std::min<uint64_t>(width * 10 + static_cast<uint64_t>(text_[begin] - '0'), widest + 1);
            ++begin;
        }
        widths += width;
        if (widths > widest) {
            report_too_wide(percent, begin);
            return std::nullopt;
        }
        problem_.reset();
        auto found = begin < text_.size() ? reference(begin) : std::nullopt;
        if (!found) {
            valid = false;
            size_t end = begin;
            while (end < text_.size() && is_name(text_[end])) ++end;
            if (problem_)
                report_problem(begin);
            else
                report(percent, std::max(end, percent + 1), "expected a field or a transformer after '%'",
                       begin < text_.size() &&
                               (text_[begin] == '{' || text_[begin] == '(' || text_[begin] == '[')
                           ? "a field is written without brackets: %proc.name"
                           : "a percent sign itself cannot be written in an output",
                       begin < text_.size() ? "unknown filter: unexpected token after '"
                       : begin == percent + 1
                           ? "invalid formatting syntax: formatting cannot end with a %"
                           : "invalid formatting syntax: formatting cannot end with a number");
            at = std::max(end, percent + 1);
            continue;
        }
        warn_of_dotted(begin, *found);
        collect_fields(found->source, found->operand);
        if (found->operand.kind == Operand::Kind::Transform)
            out_.mentions.push_back(ast::to_text(found->source));
        out_.pieces.push_back({"", true, std::move(found->operand), static_cast<uint32_t>(width)});
        at = found->end;
    }
    if (!valid) return std::nullopt;
    for (const auto& [begin, end] : texts) warn_of_bare_fields(begin, end);
    auto& fields = out_.fields;
    std::sort(fields.begin(), fields.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
    fields.erase(std::unique(fields.begin(), fields.end(),
                             [](const auto& a, const auto& b) { return a.key == b.key; }),
                 fields.end());
    return std::move(out_);
}

}  // namespace

MappedText without_container_info(const MappedText& output) {
    const std::string& text = output.text();
    MappedText out;
    for (size_t at = 0, end = 0; at < text.size(); at = end + kContainerInfo.size()) {
        end = std::min(text.find(kContainerInfo, at), text.size());
        out.append(output, at, end);
    }
    // An empty text has its place, too.
    if (out.empty()) out.append("", output.span(0, 1).file, output.span(0, 1).begin);
    return out;
}

std::optional<CompiledOutput> compile_output(const MappedText& text, OperandChecker& checker,
                                             const FalcoContext& falco, Diagnostics& diagnostics) {
    return OutputCompiler(text, checker, falco, diagnostics).run();
}

}  // namespace stoop
