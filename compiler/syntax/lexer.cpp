// SPDX-License-Identifier: Apache-2.0
#include "compiler/syntax/lexer.h"

#include <array>
#include <bitset>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace stoop {

using antlr4::atn::Transition;
using antlr4::dfa::DFAState;

class LexerAutomaton {
  public:
    explicit LexerAutomaton(const antlr4::atn::ATN& atn) : edges_(atn.getNumberOfDecisions()) {
        for (size_t i = 0; i < edges_.size(); ++i) modes.emplace_back(atn.getDecisionState(i), i);
    }

    // Where `byte` leads from a state of the mode; nothing if that is not known yet.
    DFAState* next(size_t mode, const DFAState* from, size_t byte) const {
        const std::vector<std::unique_ptr<Row>>& rows = edges_[mode];
        auto state = static_cast<size_t>(from->stateNumber);
        return byte < kBytes && state < rows.size() && rows[state] ? (*rows[state])[byte] : nullptr;
    }

    // Bytes that the same transitions take lead to the same state.
    void add(size_t mode, const DFAState* from, size_t byte, DFAState* to) {
        if (byte >= kBytes) return;  // the end of the text
        Bytes alike = Bytes().set();
        for (const auto& config : from->configs->configs)
            for (const Transition* transition : config->state->transitions) {
                const Bytes& taken = bytes_of(transition);
                alike &= taken[byte] ? taken : ~taken;
            }
        std::vector<std::unique_ptr<Row>>& rows = edges_[mode];
        auto state = static_cast<size_t>(from->stateNumber);
        if (rows.size() <= state) rows.resize(state + 1);
        if (!rows[state]) rows[state] = std::make_unique<Row>();
        for (size_t i = 0; i < kBytes; ++i)
            if (alike[i]) (*rows[state])[i] = to;
    }

    std::vector<antlr4::dfa::DFA> modes;
    antlr4::atn::PredictionContextCache contexts;

  private:
    static constexpr size_t kBytes = 256;
    using Bytes = std::bitset<kBytes>;
    using Row = std::array<DFAState*, kBytes>;

    const Bytes& bytes_of(const Transition* transition) {
        auto [entry, fresh] = bytes_.try_emplace(transition);
        for (size_t i = 0; fresh && i < kBytes; ++i)
            entry->second[i] = transition->matches(i, FalcoConditionLexer::MIN_CHAR_VALUE,
                                                   FalcoConditionLexer::MAX_CHAR_VALUE);
        return entry->second;
    }

    std::vector<std::vector<std::unique_ptr<Row>>> edges_;  // by mode and state
    std::unordered_map<const Transition*, Bytes> bytes_;
};

namespace {

class Walk : public antlr4::atn::LexerATNSimulator {
  public:
    Walk(FalcoConditionLexer& lexer, LexerAutomaton& automaton)
        : LexerATNSimulator(&lexer, lexer.getATN(), automaton.modes, automaton.contexts),
          automaton_(automaton) {}

  private:
    DFAState* getExistingTargetState(DFAState* from, size_t byte) override {
        return automaton_.next(_mode, from, byte);
    }
    using LexerATNSimulator::addDFAEdge;
    void addDFAEdge(DFAState* from, size_t byte, DFAState* to) override {
        automaton_.add(_mode, from, byte, to);
    }

    LexerAutomaton& automaton_;
};

// Those that nobody has borrowed.
struct Idle {
    std::mutex mutex;
    std::vector<std::unique_ptr<LexerAutomaton>> automata;
};
Idle& idle() {
    static Idle idle;
    return idle;
}

std::unique_ptr<LexerAutomaton> borrow(const antlr4::atn::ATN& atn) {
    std::lock_guard lock(idle().mutex);
    if (idle().automata.empty()) return std::make_unique<LexerAutomaton>(atn);
    auto out = std::move(idle().automata.back());
    idle().automata.pop_back();
    return out;
}

}  // namespace

ByteStream::ByteStream(std::string_view text) {
    _data.reserve(text.size());
    for (char c : text) _data.push_back(static_cast<unsigned char>(c));
}

StoppingLexer::StoppingLexer(antlr4::CharStream* text)
    : FalcoConditionLexer(text), automaton_(borrow(getATN())) {
    setInterpreter(new Walk(*this, *automaton_));  // the lexer owns it
}

StoppingLexer::~StoppingLexer() {
    std::lock_guard lock(idle().mutex);
    idle().automata.push_back(std::move(automaton_));
}

std::unique_ptr<antlr4::Token> StoppingLexer::nextToken() {
    auto token = FalcoConditionLexer::nextToken();
    hitEOF = hitEOF || token->getType() == UNEXPECTED;
    return token;
}

}  // namespace stoop
