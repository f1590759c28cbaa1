import torch
from torch.nn import functional as F


def loss_of(model, batch):
    return F.cross_entropy(model(batch.token_ids, batch.lengths), batch.labels)


def scored(model, batches):
    return [(loss_of(model, batch), len(batch.labels)) for batch in batches]


def mean(found):
    return sum(n * loss for loss, n in found) / sum(n for _, n in found)


def stepped(combine, clear=True, returned=mean):
    """Write an answer that steps on one combination of losses."""

    def step_on_all(model, batches, optimizer):
        if clear:
            optimizer.zero_grad()
        found = scored(model, batches)
        combine(found).backward()
        optimizer.step()
        return returned(found).item()

    return step_on_all


def without_step(model, batches, optimizer):
    optimizer.zero_grad()
    loss = mean(scored(model, batches))
    loss.backward()
    return loss.item()


def a_step_for_each(model, batches, optimizer):
    found = scored(model, batches)
    for batch in batches:
        optimizer.zero_grad()
        loss_of(model, batch).backward()
        optimizer.step()
    return mean(found).item()


def in_eval_mode(model, batches, optimizer):
    model.eval()
    return stepped(mean)(model, batches, optimizer)


def with_graph(model, batches, optimizer):
    optimizer.zero_grad()
    loss = mean(scored(model, batches))
    loss.backward()
    optimizer.step()
    return loss


def loss_after(model, batches, optimizer):
    stepped(mean)(model, batches, optimizer)
    return mean(scored(model, batches)).item()


def through_softmax(model, batches, optimizer):
    optimizer.zero_grad()
    for batch in batches:
        logits = model(batch.token_ids, batch.lengths).softmax(dim=1)
        loss = F.cross_entropy(logits, batch.labels, reduction="sum") / 7
        loss.backward()
    optimizer.step()
    return loss.item()


def each_loss(model, batch):
    logits = model(batch.token_ids, batch.lengths)
    return F.cross_entropy(logits, batch.labels, reduction="none")


def class_losses(model, batches):
    """Return for each class the losses of its reviews, batch by batch."""
    with torch.no_grad():
        return [
            [each_loss(model, b)[b.labels == label] for b in batches]
            for label in (0, 1)
        ]


def as_it_is(model, batches):
    found = class_losses(model, batches)
    return tuple(torch.cat(losses).mean().item() for losses in found)


def by_class(combine):
    """Write an answer that is right but for what it makes of the losses."""

    def loss_by_class(model, batches):
        was_training = model.training
        model.eval()
        found = class_losses(model, batches)
        model.train(was_training)
        return tuple(combine(losses) for losses in found)

    return loss_by_class


def mean_of_means(losses):
    return torch.stack([x.mean() for x in losses if len(x)]).mean().item()


def left_in_eval_mode(model, batches):
    model.eval()
    return as_it_is(model, batches)


def always_back_to_training(model, batches):
    model.eval()
    losses = as_it_is(model, batches)
    model.train()
    return losses


def only_the_flag(model, batches):
    was_training = model.training
    model.eval()
    losses = as_it_is(model, batches)
    model.training = was_training
    return losses


def losses_with_graph(model, batches):
    was_training = model.training
    model.eval()
    losses = [
        torch.cat([each_loss(model, b)[b.labels == y] for b in batches])
        for y in (0, 1)
    ]
    model.train(was_training)
    return [loss.mean() for loss in losses]


def positive_first(model, batches):
    return by_class(lambda found: torch.cat(found).mean().item())(
        model, batches
    )[::-1]


def against_the_epoch_before(losses, patience):
    bad = 0
    for epoch in range(1, len(losses)):
        bad = 0 if losses[epoch] < losses[epoch - 1] else bad + 1
        if bad >= patience:
            return epoch + 1
    return len(losses)


def best_epoch(losses, patience):
    return losses.index(min(losses)) + 1


def stop(losses, patience, extra=0, first=1):
    best = 0
    for epoch, loss in enumerate(losses):
        best = epoch if loss < losses[best] else best
        if epoch - best >= patience + extra:
            return epoch + first
    return len(losses) - 1 + first


def ties_count(losses, patience):
    best = 0
    for epoch, loss in enumerate(losses):
        best = epoch if loss <= losses[best] else best
        if epoch - best >= patience:
            return epoch + 1
    return len(losses)


def never_reset(losses, patience):
    bad, lowest = 0, losses[0]
    for epoch, loss in enumerate(losses):
        bad += epoch > 0 and loss >= lowest
        lowest = min(lowest, loss)
        if bad >= patience:
            return epoch + 1
    return len(losses)


def norm(tensors):
    return sum((tensor**2).sum() for tensor in tensors) ** 0.5


def dividing_by_zero(gradients, max_norm):
    factor = min(1.0, max_norm / norm(gradients).item())
    return [gradient * factor for gradient in gradients]


WRONG = {
    "08.1": [
        ("That is the chance", 0.5),
        ("base 2", 1.0),
        ("base 10", 0.301),
        ("more digits", 0.69),
    ],
    "08.2": [
        ("clear them first", stepped(mean, clear=False)),
        ("have not moved", without_step),
        ("the batches' means", stepped(lambda f: (f[0][0] + f[1][0]) / 2)),
        ("were added up", stepped(lambda f: f[0][0] + f[1][0])),
        ("sum over all reviews", stepped(lambda f: 7 * mean(f))),
        ("last batch alone", stepped(lambda f: f[-1][0])),
        ("A step was taken for each", a_step_for_each),
        ("no dropout in the next", in_eval_mode),
        ("graph", with_graph),
        ("that after the step", loss_after),
        (
            "loss that is returned is the sum",
            stepped(mean, returned=lambda f: 7 * mean(f)),
        ),
        ("no step down", through_softmax),
    ],
    "08.3": [
        ("batches' means", by_class(mean_of_means)),
        ("dropout is still on", as_it_is),
        ("in training mode before", left_in_eval_mode),
        ("in evaluation mode before", always_back_to_training),
        ("in the other", only_the_flag),
        ("Those are sums", by_class(lambda x: torch.cat(x).sum().item())),
        ("not by all", by_class(lambda x: torch.cat(x).sum().item() / 11)),
        ("nan", by_class(lambda x: sum(y.mean().item() for y in x) / 3)),
        ("lets its graph go", losses_with_graph),
        ("negative goes first", positive_first),
        ("a pair", lambda model, batches: 0.7),
    ],
    "08.4": [
        ("not with the epoch before", against_the_epoch_before),
        ("no losses left", lambda n, k: len(n)),
        ("One epoch too late", lambda n, k: stop(n, k, extra=1)),
        ("counted from 1", lambda n, k: stop(n, k, first=0)),
        ("before it gives up", best_epoch),
        ("epochs to come", lambda n, k: min(best_epoch(n, k) + k, len(n))),
        ("equal to the lowest", ties_count),
        ("Start counting again", never_reset),
    ],
    "08.5": [
        (
            "scaled by itself",
            lambda gs, top: [g * min(1, top / norm([g])) for g in gs],
        ),
        (
            "cut off by itself",
            lambda gs, top: [g.clamp(-top, top) for g in gs],
        ),
        (
            "Small gradients stay",
            lambda gs, top: [g * top / norm(gs) for g in gs],
        ),
        ("too large", dividing_by_zero),
        (
            "*root*",
            lambda gs, top: [g * min(1, top / norm(gs) ** 2) for g in gs],
        ),
    ],
}
