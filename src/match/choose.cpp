#include "match/choose.hpp"

#include <algorithm>
#include <tuple>

#include "base/assert.hpp"
#include "match/eligible.hpp"
#include "match/explain.hpp"
#include "match/score.hpp"

namespace posthaste::match {

using model::Candidate;
using model::Decision;
using model::Facts;
using model::Rule;

Start start_of(Instant now, Asked const& asked, std::uint8_t kind) {
    return {
        .now = now,
        .place = asked.place,
        .kind = kind,
        .agent = asked.agent,
        .aboard = asked.aboard,
        .capacity = asked.capacity,
        .busy = asked.busy};
}

void set_plan(Facts& facts, Insertion const& insertion) {
    facts.planned = true;
    facts.fits = insertion.fits;
    facts.arrival = insertion.arrival;
    facts.lateness = insertion.lateness;
    facts.finish = insertion.finish;
    facts.delay = insertion.delay;
}

Choice Chooser::choose(
    Question const& question, std::span<Asked const> asked, Travel const& travel
) {
    ASSERT(asked.size() <= asked_max);
    Choice choice;
    Decision& decision = choice.decision;
    decision.at = question.now;
    decision.weights = question.weights;
    decision.needs = question.needs;
    decision.travel = travel.hash();
    judge(question, asked, travel);
    for (Judged const& judged : judged_)
        ++decision.failed_counts[static_cast<std::size_t>(judged.candidate.failed)];

    if (scored_.empty()) {
        explain(question, asked, travel, decision);
    } else {
        Judged const& best = judged_[scored_.front()];
        decision.winner = best.candidate.agent;
        decision.verdict = question.dispatch == model::Dispatch::direct ? model::Verdict::assigned
                                                                        : model::Verdict::offered;
        choice.winner_index = scored_.front();
        choice.insertion = best.insertion;
        Asked const& who = asked[scored_.front()];
        lay_out(
            start_of(question.now, who, best.candidate.facts.kind),
            who.route,
            question.job,
            choice.insertion.gap,
            travel,
            choice.route
        );
    }
    record(decision);
    return choice;
}

/// Fills judged_, one for each of `asked`; scored_ in order of rank; failed_ unordered.
void Chooser::judge(Question const& question, std::span<Asked const> asked, Travel const& travel) {
    judged_.clear();
    scored_.clear();
    failed_.clear();
    for (Asked const& who : asked) {
        Candidate& candidate = judged_.emplace_back().candidate;
        candidate.agent = who.agent;
        candidate.facts = who.facts;
        ASSERT(!candidate.facts.planned);
        candidate.failed = first_failed(question.needs, candidate.facts);
    }
    foresee(question, asked, travel);
    for (std::size_t i = 0; i < asked.size(); ++i) {
        Judged& judged = judged_[i];
        Candidate& candidate = judged.candidate;
        if (candidate.failed == Rule::none) {
            judged.insertion = inserter_.best(
                start_of(question.now, asked[i], candidate.facts.kind),
                asked[i].route,
                question.job,
                travel
            );
            set_plan(candidate.facts, judged.insertion);
            candidate.failed = first_failed(question.needs, candidate.facts);
        }
        if (candidate.failed != Rule::none) {
            failed_.push_back(i);
            continue;
        }
        candidate.terms = terms_of(question.needs, candidate.facts, question.now);
        candidate.score = score_of(question.weights, candidate.terms);
        scored_.push_back(i);
    }
    std::sort(scored_.begin(), scored_.end(), [&](std::size_t left, std::size_t right) {
        Candidate const& a = judged_[left].candidate;
        Candidate const& b = judged_[right].candidate;
        return std::tie(a.score, a.agent) < std::tie(b.score, b.agent);
    });
}

/// The travel times that are asked for next, by kind and at once.
void Chooser::foresee(
    Question const& question, std::span<Asked const> asked, Travel const& travel
) {
    std::uint32_t kinds = 0;
    for (Judged const& judged : judged_)
        if (judged.candidate.failed == Rule::none) kinds |= 1U << judged.candidate.facts.kind;
    stops_.clear();
    for (Visit const& stop : question.job)
        stops_.push_back(stop.place);
    for (std::uint8_t kind = 0; kinds >> kind != 0; ++kind) {
        if ((kinds >> kind & 1U) == 0) continue;
        idle_.clear();
        busy_.clear();
        visits_.clear();
        for (std::size_t i = 0; i < asked.size(); ++i) {
            Candidate const& candidate = judged_[i].candidate;
            if (candidate.failed != Rule::none || candidate.facts.kind != kind) continue;
            (asked[i].route.empty() ? idle_ : busy_).push_back(asked[i].place);
            for (Visit const& visit : asked[i].route)
                visits_.push_back(visit.place);
        }
        travel.foresee({idle_, busy_, visits_, stops_, kind});
    }
}

/// What would help, and the agents it names moved to the front of failed_.
void Chooser::explain(
    Question const& question, std::span<Asked const> asked, Travel const& travel, Decision& decision
) {
    std::vector<Loser> losers;
    losers.reserve(failed_.size());
    for (std::size_t const i : failed_)
        losers.push_back({&asked[i], &judged_[i].candidate});
    decision.would_help = would_help(question, losers, inserter_, travel);
    for (model::Counterfactual const& change : decision.would_help) {
        for (Judged& judged : judged_) {
            if (judged.candidate.agent == change.agent) judged.is_named = true;
        }
    }
}

/// Writes down those that were scored, and of the others as many as there is room for.
void Chooser::record(Decision& decision) {
    auto const nearer = [&](std::size_t left, std::size_t right) {
        Candidate const& a = judged_[left].candidate;
        Candidate const& b = judged_[right].candidate;
        return std::tie(a.facts.distance, a.agent) < std::tie(b.facts.distance, b.agent);
    };
    std::size_t const kept = std::min(failed_.size(), model::losers_recorded_max);
    auto const end = failed_.begin() + static_cast<std::ptrdiff_t>(kept);
    std::partial_sort(
        failed_.begin(),
        end,
        failed_.end(),
        [&](std::size_t left, std::size_t right) {
            bool const left_named = judged_[left].is_named;
            if (left_named != judged_[right].is_named) return left_named;
            return nearer(left, right);
        }
    );
    std::sort(failed_.begin(), end, nearer);
    decision.candidates.reserve(scored_.size() + kept);
    for (std::size_t const i : scored_)
        decision.candidates.push_back(judged_[i].candidate);
    for (std::size_t k = 0; k < kept; ++k)
        decision.candidates.push_back(judged_[failed_[k]].candidate);
}

}  // namespace posthaste::match
