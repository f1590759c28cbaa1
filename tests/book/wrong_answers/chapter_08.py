import torch
from torch.nn import functional as F


def loss_of(model, batch):
    return F.cross_entropy(model(batch.token_ids, batch.lengths), batch.labels)


def without_clearing(model, batch, optimizer):
    loss = loss_of(model, batch)
    loss.backward()
    optimizer.step()
    return loss.item()


def without_step(model, batch, optimizer):
    optimizer.zero_grad()
    loss = loss_of(model, batch)
    loss.backward()
    return loss.item()


def cleared_too_late(model, batch, optimizer):
    loss = loss_of(model, batch)
    loss.backward()
    optimizer.zero_grad()
    optimizer.step()
    return loss.item()


def summed_up(model, batch, optimizer):
    optimizer.zero_grad()
    loss = loss_of(model, batch) * len(batch.labels)
    loss.backward()
    optimizer.step()
    return loss.item()


def in_eval_mode(model, batch, optimizer):
    model.eval()
    optimizer.zero_grad()
    loss = loss_of(model, batch)
    loss.backward()
    optimizer.step()
    return loss.item()


def with_graph(model, batch, optimizer):
    optimizer.zero_grad()
    loss = loss_of(model, batch)
    loss.backward()
    optimizer.step()
    return loss


def through_softmax(model, batch, optimizer):
    optimizer.zero_grad()
    logits = model(batch.token_ids, batch.lengths)
    loss = F.cross_entropy(logits.softmax(dim=1), batch.labels)
    loss.backward()
    optimizer.step()
    return loss.item()


@torch.no_grad()
def mean_of_means(model, batches):
    was_training = model.training
    model.eval()
    losses = [loss_of(model, batch).item() for batch in batches]
    model.train(was_training)
    return sum(losses) / len(losses)


@torch.no_grad()
def with_dropout(model, batches):
    losses = [loss_of(model, b).item() * len(b.labels) for b in batches]
    return sum(losses) / sum(len(batch.labels) for batch in batches)


def left_in_eval_mode(model, batches):
    model.eval()
    return with_dropout(model, batches)


def always_back_to_training(model, batches):
    model.eval()
    loss = with_dropout(model, batches)
    model.train()
    return loss


def only_the_flag(model, batches):
    was_training = model.training
    model.eval()
    loss = with_dropout(model, batches)
    model.training = was_training
    return loss


def summed(model, batches):
    model.eval()
    return sum(loss_of(model, b).item() * len(b.labels) for b in batches)


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
        ("add up", without_clearing),
        ("have not moved", without_step),
        ("before it, not after", cleared_too_late),
        ("sum over the batch", summed_up),
        ("no dropout in the next", in_eval_mode),
        ("graph", with_graph),
        ("not that of the logits", through_softmax),
    ],
    "08.3": [
        ("batches' means", mean_of_means),
        ("Dropout is still on", with_dropout),
        ("in training mode before", left_in_eval_mode),
        ("in evaluation mode before", always_back_to_training),
        ("in the other", only_the_flag),
        ("That is the sum", summed),
    ],
    "08.4": [
        ("not with the epoch before", against_the_epoch_before),
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
