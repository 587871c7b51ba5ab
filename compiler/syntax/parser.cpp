// SPDX-License-Identifier: Apache-2.0
#include "compiler/syntax/parser.h"

#include <fmt/format.h>

#include <stdexcept>
#include <typeinfo>

#include "FalcoCondition.h"
#include "compiler/syntax/escape.h"
#include "compiler/syntax/lexer.h"
#include "compiler/syntax/slips.h"

namespace stoop {
namespace {

using antlr4::Token;
using Grammar = FalcoCondition;
using Lexer = FalcoConditionLexer;

struct Stop {
    SyntaxError error;
};

ast::Range range_of(const Token* token) {
    auto begin = static_cast<uint32_t>(token->getStartIndex());
    if (token->getType() == Token::EOF) return {begin, begin};
    return {begin, static_cast<uint32_t>(token->getStopIndex() + 1)};
}

ast::Range range_of(const antlr4::ParserRuleContext* context) {
    return {range_of(context->start).begin, range_of(context->stop ? context->stop : context->start).end};
}

std::string operators_help() {
    std::string out = "operators are";
    for (const OperatorInfo& info : all_operators()) out += fmt::format(" {}", info.spelling);
    return out;
}

// In Falco's own words (spec: condition-language.md §4.1): for the document of `falco -V`.
std::string falco_words(antlr4::Parser* parser, std::string_view text) {
    constexpr std::string_view kOperators =
        "'exists', '<=', '<', '>=', '>', '==', '=', '!=', 'glob', 'iglob', 'contains', 'icontains', "
        "'bcontains', "
        "'startswith', 'bstartswith', 'endswith', 'regex', 'intersects', 'in', 'pmatch'";
    constexpr std::string_view kTransformers =
        " or a field with a valid transformer: 'val', 'tolower', 'toupper', 'b64', 'basename', 'len', "
        "'join', "
        "'concat', 'getopt'";
    auto expected = parser->getExpectedTokens();
    auto wants = [&](size_t type) { return expected.contains(type); };
    Token* last = parser->getTokenStream()->LT(-1);
    auto after_comma = [&] { return last && last->getType() == Lexer::COMMA; };
    auto unexpected = [&]() -> std::string {
        ast::Range range = last ? range_of(last) : ast::Range();
        std::string token(text.substr(range.begin, range.end - range.begin));
        if (last && last->getType() == Lexer::QUOTED) token = unescape(token).text;
        return fmt::format("unexpected token after '{}', expecting 'or', 'and'", token);
    };
    switch (parser->getCurrentToken()->getType()) {
        case Lexer::AND_ALONE: return "expected blank or '(' after 'and'";
        case Lexer::OR_ALONE: return "expected blank or '(' after 'or'";
        case Lexer::AND:
        case Lexer::AND_GROUP: return unexpected();
        default: break;
    }
    switch (parser->getContext()->getRuleIndex()) {
        case Grammar::RuleCondition: return unexpected();
        case Grammar::RuleGroup: return "expected a ')' token";
        case Grammar::RuleComparison:
            if (wants(Lexer::EXISTS))
                return fmt::format("expected a valid check operator: one of {}", kOperators);
            if (wants(Lexer::BARE)) return fmt::format("expected a string value{}", kTransformers);
            if (wants(Lexer::NUMBER)) return fmt::format("expected a number value{}", kTransformers);
            return fmt::format("expected a list, an identifier,{}", kTransformers);
        case Grammar::RuleList:
        case Grammar::RuleElement: return after_comma() ? "expected a string value" : "expected a ')' token";
        case Grammar::RuleExpression:
            if (wants(Lexer::CLOSE)) return "expected a ')' token closing the transformer";
            return "expected a field within 'val' transformer";
        case Grammar::RuleTransformer:
            if (wants(Lexer::CLOSE)) return "expected a ')' token closing the transformer";
            [[fallthrough]];
        case Grammar::RuleTransformerArgument:
            return "expected field transformer argument: field, transformer, quoted string, number, or "
                   "transformer list";
        case Grammar::RuleTransformerList:
        case Grammar::RuleTransformerElement:
            if (wants(Lexer::CLOSE) && !after_comma()) return "expected ')'";
            return "expected transformer list argument: field, transformer, quoted string, or number";
        case Grammar::RuleArgument:
            if (wants(Lexer::ARGUMENT_CLOSE)) return "expected a ']' token";
            return "expected a valid field argument: a quoted string or a bare string";
        case Grammar::RuleField:
            if (auto* outer = dynamic_cast<antlr4::RuleContext*>(parser->getContext()->parent);
                outer && outer->getRuleIndex() == Grammar::RuleExpression)
                return "expected a field within 'val' transformer";
            [[fallthrough]];
        default: return "expected a '(' token, a field check, or an identifier";
    }
}

// What was wrong, told from where in the grammar the parser stood and which tokens would have done.
SyntaxError describe(antlr4::Parser* parser, std::string_view text) {
    Token* token = parser->getCurrentToken();
    ast::Range range = range_of(token);
    bool at_end = token->getType() == Token::EOF;
    // A byte that does not fit is shown with the word it begins.
    auto in_word = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || (c & 0x80);
    };
    if (token->getType() == Lexer::UNEXPECTED && in_word(text[range.begin]))
        while (range.end < text.size() && in_word(text[range.end])) ++range.end;
    while (range.end < text.size() && !at_end && (text[range.end] & 0xc0) == 0x80)
        ++range.end;  // one character
    // Some keywords take the blanks behind them along.
    while (range.end > range.begin + 1 && text[range.end - 1] <= ' ') --range.end;
    std::string found = at_end ? "the end of the condition"
                               : fmt::format("'{}'", text.substr(range.begin, range.end - range.begin));
    auto expected = parser->getExpectedTokens();
    auto wants = [&](size_t type) { return expected.contains(type); };
    auto unexpected = [&](std::string what, std::string help = "") {
        return SyntaxError{"expected " + what + ", found " + found, "expected " + what, std::move(help),
                           range};
    };

    if (token->getType() == Lexer::AND_ALONE || token->getType() == Lexer::OR_ALONE) {
        std::string word = token->getType() == Lexer::AND_ALONE ? "and" : "or";
        return {"expected a blank or '(' after '" + word + "'",
                "expected a blank or '('",
                "",
                {range.end, range.end}};
    }
    if (token->getType() == Lexer::AND || token->getType() == Lexer::AND_GROUP)
        return {"'and' cannot follow here: 'or(' takes the group in parentheses as its whole operand", "",
                "put a blank between 'or' and '('", range};
    switch (parser->getContext()->getRuleIndex()) {
        case Grammar::RuleCondition:
            return {found + " cannot follow a complete check", "expected 'and' or 'or'",
                    found == "')'"   ? "there is no '(' that this closes"
                    : found == "','" ? "write a list in parentheses: (a, b)"
                                     : "quote a value that contains blanks, commas or parentheses",
                    range};
        case Grammar::RuleGroup:
            return unexpected("')'",
                              at_end ? "a '(' is not closed"
                                     : "join checks with 'and' or 'or'; quote a value that contains blanks");
        case Grammar::RuleComparison:
            if (wants(Lexer::EXISTS)) return unexpected("an operator", operators_help());
            if (wants(Lexer::BARE))
                return unexpected("a value", "a text, \"quoted text\", val(field) or a transformer");
            if (wants(Lexer::NUMBER))
                return unexpected("a number", "this operator compares with numbers only");
            return unexpected("a list", "write it in parentheses: (a, b, c)");
        case Grammar::RuleList:
        case Grammar::RuleElement:
            if (wants(Lexer::COMMA))
                return unexpected("',' or ')'", "the elements of a list are separated by commas");
            return unexpected("an element of the list", "an element is a word or a \"quoted text\"");
        case Grammar::RuleExpression:
            if (wants(Lexer::CLOSE)) return unexpected("')'");
            return unexpected("a field", "val() takes exactly one field");
        case Grammar::RuleTransformer:
            if (wants(Lexer::COMMA)) return unexpected("',' or ')'");
            [[fallthrough]];
        case Grammar::RuleTransformerArgument:
        case Grammar::RuleTransformerElement:
        case Grammar::RuleTransformerList:
            if (wants(Lexer::COMMA)) return unexpected("',' or ')'");
            return unexpected("an argument of the transformer",
                              "a field, a transformer, a \"quoted text\", a number or a (list) of these");
        case Grammar::RuleArgument:
            if (wants(Lexer::ARGUMENT_CLOSE)) return unexpected("']'");
            return unexpected("the field's argument", "a word or a \"quoted text\"");
        case Grammar::RuleReference:
            if (wants(Token::EOF)) return unexpected("nothing more");
            [[fallthrough]];
        default:
            return unexpected("a check",
                              "a check is a field with an operator, a macro, or a condition in parentheses");
    }
}

StoppedParse::Kind kind_of(const Token* token) {
    using Kind = StoppedParse::Kind;
    if (!token) return Kind::None;
    switch (token->getType()) {
        case Lexer::IDENTIFIER: return Kind::Identifier;
        case Lexer::BARE: return Kind::Value;
        case Lexer::QUOTED: return Kind::Quoted;
        case Lexer::NUMBER: return Kind::Number;
        case Lexer::AND:
        case Lexer::OR:
        case Lexer::NOT:
        case Lexer::AND_GROUP:
        case Lexer::OR_GROUP:
        case Lexer::NOT_GROUP: return Kind::Connective;
        default: return Kind::Other;
    }
}

StoppedParse::Wanted wanted_in(antlr4::Parser* parser) {
    using Wanted = StoppedParse::Wanted;
    auto expected = parser->getExpectedTokens();
    auto wants = [&](size_t type) { return expected.contains(type); };
    switch (parser->getContext()->getRuleIndex()) {
        case Grammar::RuleCondition:
        case Grammar::RuleGroup: return Wanted::Connective;
        case Grammar::RuleComparison:
            return wants(Lexer::EXISTS)   ? Wanted::Operator
                   : wants(Lexer::BARE)   ? Wanted::Value
                   : wants(Lexer::NUMBER) ? Wanted::Number
                                          : Wanted::List;
        case Grammar::RuleList:
        case Grammar::RuleElement: return Wanted::Element;
        case Grammar::RuleExpression:
        case Grammar::RuleTransformer:
        case Grammar::RuleTransformerArgument:
        case Grammar::RuleTransformerElement:
        case Grammar::RuleTransformerList:
        case Grammar::RuleArgument:
        case Grammar::RuleReference: return Wanted::Other;
        default: return Wanted::Check;
    }
}

// What stands around the place where the parser stopped. Parentheses are not part of a check within them.
StoppedParse stopped(antlr4::Parser* parser, std::string_view text, ast::Range found) {
    StoppedParse out;
    out.text = text;
    out.found = found;
    out.wanted = wanted_in(parser);
    if (Token* last = parser->getTokenStream()->LT(-1)) {
        out.before = range_of(last);
        out.before_kind = kind_of(last);
    }
    if (out.wanted == StoppedParse::Wanted::Connective) return out;
    for (antlr4::RuleContext* at = parser->getContext(); at;
         at = static_cast<antlr4::RuleContext*>(at->parent)) {
        auto* context = static_cast<antlr4::ParserRuleContext*>(at);
        size_t rule = context->getRuleIndex();
        if (rule == Grammar::RuleGroup || rule == Grammar::RuleCondition) break;
        if (rule == Grammar::RuleComparison && context->start->getType() != Lexer::UNEXPECTED &&
            out.wanted != StoppedParse::Wanted::Operator) {
            out.op = range_of(context->start);
            while (out.op->end > out.op->begin && text[out.op->end - 1] <= ' ') --out.op->end;
        }
        if (rule != Grammar::RuleCheck) continue;
        out.check = range_of(context->start).begin;
        auto* left = context->children.empty()
                         ? nullptr
                         : dynamic_cast<antlr4::ParserRuleContext*>(context->children[0]);
        if (left && context->children.size() > 1 && left->stop) out.left = range_of(left);
        break;
    }
    return out;
}

// Stops at the first error instead of repairing it.
class StopAtFirst : public antlr4::DefaultErrorStrategy {
  public:
    explicit StopAtFirst(std::string_view text) : text_(text) {}
    void reportError(antlr4::Parser* parser, const antlr4::RecognitionException&) override { stop(parser); }
    Token* recoverInline(antlr4::Parser* parser) override { stop(parser); }
    void sync(antlr4::Parser*) override {}

  private:
    [[noreturn]] void stop(antlr4::Parser* parser) const {
        SyntaxError error = describe(parser, text_);
        ast::Range found = range_of(parser->getCurrentToken());
        found.end = std::max(found.end, error.range.end);
        explain_slip(stopped(parser, text_, found), error);
        error.falco = falco_words(parser, text_);
        throw Stop{std::move(error)};
    }

    std::string_view text_;
};

// The generated parser recurses once per nested group, so the depth is bounded before it runs.
void check_depth(const std::vector<Token*>& tokens, const Limits& limits) {
    size_t depth = 0;
    for (const Token* token : tokens) {
        switch (token->getType()) {
            case Lexer::OPEN:
            case Lexer::NOT_GROUP:
            case Lexer::AND_GROUP:
            case Lexer::OR_GROUP:
            case Lexer::TRANSFORMER:
            case Lexer::VAL:
            case Lexer::LIST_OPEN: ++depth; break;
            case Lexer::CLOSE:
            case Lexer::CLOSE_ARG: depth -= depth > 0; break;
            default: break;
        }
        if (depth > limits[Limit::Depth])
            throw Stop{{fmt::format("the condition is nested more than {} levels deep", limits[Limit::Depth]),
                        "here", "split it into macros", range_of(token), Limit::Depth}};
    }
}

// The node as what it is, or nothing. Nothing derives from the contexts of the grammar, so this need not
// search as a dynamic cast does, which would take as long as all the rest of building.
template <typename Context>
Context* as(antlr4::tree::ParseTree* node) {
    return typeid(*node) == typeid(Context) ? static_cast<Context*>(node) : nullptr;
}

// Turns ANTLR's tree into ours.
class Builder {
  public:
    explicit Builder(std::string_view text) : text_(text) {}

    // Recurses only where the tree branches or negates, in small frames: parentheses leave no node.
    void expression(antlr4::tree::ParseTree* tree, ast::Expression& out) {
        for (;;) {
            if (auto* group = as<Grammar::GroupContext>(tree)) {
                tree = group->disjunction();
            } else if (auto* parentheses = as<Grammar::ParenthesizedContext>(tree)) {
                tree = parentheses->group();
            } else if (auto* negation = as<Grammar::NegationContext>(tree)) {
                tree = negation->children.back();
                if (negation->children.size() % 2 == 1) continue;  // an even number of `not` cancels
                out.kind = ast::Expression::Kind::Not;
                out.range = range_of(negation);
                return expression(tree, out.children.emplace_back());
            } else if (auto* macro = as<Grammar::MacroReferenceContext>(tree)) {
                return macro_reference(macro, out);
            } else if (auto* comparison = as<Grammar::Comparison_Context>(tree)) {
                return comparison_of(comparison, out);
            } else if (tree->children.size() == 1) {
                tree = tree->children[0];
            } else {
                return operands(static_cast<antlr4::ParserRuleContext*>(tree), out);
            }
        }
    }

    ast::Operand reference(Grammar::ReferenceContext* c) {
        return c->field() ? field(c->field()) : transformer(c->transformer());
    }

  private:
    std::string slice(const Token* token) const {
        ast::Range range = range_of(token);
        return std::string(text_.substr(range.begin, range.end - range.begin));
    }

    // Two or more, with the `and` or `or` between them.
    void operands(antlr4::ParserRuleContext* c, ast::Expression& out) {
        bool disjunction = c->getRuleIndex() == Grammar::RuleDisjunction;
        out.kind = disjunction ? ast::Expression::Kind::Or : ast::Expression::Kind::And;
        out.range = range_of(c);
        for (auto* child : c->children)
            if (typeid(*child) != typeid(antlr4::tree::TerminalNodeImpl))
                expression(child, out.children.emplace_back());
    }

    void macro_reference(Grammar::MacroReferenceContext* c, ast::Expression& out) {
        out.range = range_of(c);
        out.kind = ast::Expression::Kind::Macro;
        out.macro = slice(c->start);
    }

    void comparison_of(Grammar::Comparison_Context* c, ast::Expression& out) {
        out.range = range_of(c);
        out.kind = ast::Expression::Kind::Comparison;
        out.comparison = std::make_shared<ast::Comparison>();
        auto* left = as<Grammar::FieldContext>(c->children[0]);
        out.comparison->left = left ? field(left) : transformer(c->transformer());
        right_side(*out.comparison, static_cast<Grammar::ComparisonContext*>(c->children[1]));
    }

    void right_side(ast::Comparison& out, Grammar::ComparisonContext* c) {
        out.op_range = range_of(c->start);
        // The token of a word operator takes the blanks behind it along.
        out.op_text = slice(c->start);
        out.op_text.erase(out.op_text.find_last_not_of(" \t\b\r\n") + 1);
        out.op_range.end = out.op_range.begin + static_cast<uint32_t>(out.op_text.size());
        out.op = *operator_from(out.op_text);
        for (auto* child : c->children) {
            if (auto* elements = as<Grammar::ListContext>(child)) {
                out.literals = list(elements);
                out.list = true;
            } else if (auto* expression = as<Grammar::ExpressionContext>(child)) {
                out.right =
                    expression->field() ? field(expression->field()) : transformer(expression->transformer());
                if (expression->argument()) out.right->argument = argument(expression->argument());
            } else if (auto* terminal = dynamic_cast<antlr4::tree::TerminalNode*>(child)) {
                leaf(out, terminal->getSymbol());
            }
        }
    }

    void leaf(ast::Comparison& out, const Token* token) {
        switch (token->getType()) {
            case Lexer::MODIFIER:
                out.modifier = text_[token->getStartIndex()] == 'o'       ? Modifier::Oneof
                               : text_[token->getStartIndex() + 1] == 'n' ? Modifier::Anyof
                                                                          : Modifier::Allof;
                break;
            case Lexer::IDENTIFIER:  // `in name` is a list of one
                out.list = true;
                out.parenthesised = false;
                out.literals.push_back(literal(token));
                break;
            case Lexer::NUMBER:
            case Lexer::BARE:
            case Lexer::QUOTED: out.literals.push_back(literal(token)); break;
            default: break;
        }
    }

    ast::Literal literal(const Token* token) {
        std::string text = slice(token);
        if (token->getType() != Lexer::QUOTED) return {std::move(text), range_of(token)};
        Unescaped result = unescape(text);
        if (!result.error.empty()) {
            ast::Range range = range_of(token);
            auto at = static_cast<uint32_t>(range.begin + result.error_offset);
            throw Stop{{result.error,
                        "",
                        result.help,
                        {at, std::min(at + 2, range.end)},
                        {},
                        range.end,
                        result.falco}};
        }
        return {std::move(result.text), range_of(token)};
    }

    // Falco ignores what is wrong with the first element of a list and takes the list as empty, if `)` is
    // next.
    std::vector<ast::Literal> list(Grammar::ListContext* c) {
        std::vector<Token*> elements;
        for (auto* child : c->children)
            if (auto* element = as<Grammar::ElementContext>(child)) elements.push_back(element->start);
        if (elements.size() == 1 && elements[0]->getType() == Lexer::QUOTED &&
            !unescape(slice(elements[0])).error.empty())
            return {};
        std::vector<ast::Literal> out;
        for (const Token* element : elements) out.push_back(literal(element));
        return out;
    }

    std::string argument(Grammar::ArgumentContext* c) { return literal(c->start).text; }

    ast::Operand field(Grammar::FieldContext* c) {
        ast::Operand out;
        out.range = range_of(c);
        out.name = slice(c->start);
        if (c->argument()) {
            out.name.pop_back();  // the `[` that ends the token
            out.argument = argument(c->argument());
        }
        return out;
    }

    ast::Operand transformer(Grammar::TransformerContext* c) {
        ast::Operand out;
        out.kind = ast::Operand::Kind::Transformer;
        out.range = range_of(c);
        out.name = slice(c->start);
        out.name.pop_back();  // the `(` that ends the token
        for (auto* child : c->transformerArgument()) out.arguments.push_back(transformer_argument(child));
        if (c->argument()) out.argument = argument(c->argument());
        return out;
    }

    template <typename Context>
    ast::Operand transformer_argument(Context* c) {
        if (c->field()) return field(c->field());
        if (c->transformer()) return transformer(c->transformer());
        if constexpr (std::is_same_v<Context, Grammar::TransformerArgumentContext>) {
            if (c->transformerList()) {
                ast::Operand out;
                out.kind = ast::Operand::Kind::List;
                out.range = range_of(c);
                for (auto* element : c->transformerList()->transformerElement())
                    out.arguments.push_back(transformer_argument(element));
                return out;
            }
        }
        ast::Literal value = literal(c->start);
        ast::Operand out;
        out.kind = ast::Operand::Kind::Literal;
        out.text = std::move(value.text);
        out.range = value.range;
        return out;
    }

    std::string_view text_;
};

// Runs `parse` on the tokens of `text`, and `build` on the tree.
template <typename Node, typename Run>
Parsed<Node> parse(std::string_view text, const Limits& limits, Run&& run) {
    if (text.size() > limits[Limit::ConditionBytes])
        return {std::nullopt,
                {fmt::format("the condition is {} bytes long; at most {} are read", text.size(),
                             limits[Limit::ConditionBytes]),
                 "",
                 "split it into several rules",
                 {0, 1},
                 Limit::ConditionBytes}};
    ByteStream stream(text);
    StoppingLexer lexer(&stream);
    lexer.removeErrorListeners();
    antlr4::CommonTokenStream tokens(&lexer);
    Grammar grammar(&tokens);
    grammar.removeErrorListeners();
    grammar.setErrorHandler(std::make_shared<StopAtFirst>(text));
    try {
        tokens.fill();
        check_depth(tokens.getTokens(), limits);
        Builder builder(text);
        return {run(grammar, builder), {}};
    } catch (Stop& stop) {
        return {std::nullopt, std::move(stop.error)};
    }
}

}  // namespace

Parsed<ast::Expression> parse_condition(std::string_view text, const Limits& limits) {
    return parse<ast::Expression>(text, limits, [](Grammar& grammar, Builder& builder) {
        ast::Expression out;
        builder.expression(grammar.condition()->disjunction(), out);
        return out;
    });
}

Parsed<ast::Operand> parse_reference(std::string_view text) {
    return parse<ast::Operand>(text, Limits(), [](Grammar& grammar, Builder& builder) {
        return builder.reference(grammar.reference());
    });
}

}  // namespace stoop
