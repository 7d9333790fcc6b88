#!/usr/bin/env python3
"""Writes training.txt: runs of PyTorch in float64 that Tests/TrainingTests and Tests/C/training.c follow.

Made with torch 2.x from PyPI: python3 make_training.py > training.txt. Each line is a name and numbers. The network is
netjac_mlp({3, 5, 4, 2}, tanh, seed 7): its first weights are made here by the same generator, SplitMix64.
"""
import math
import torch

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
MASK = (1 << 64) - 1


class Random:
    def __init__(self, seed):
        self.state = seed & MASK

    def unit(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return ((z ^ (z >> 31)) >> 11) * 2.0**-53


SIZES = [3, 5, 4, 2]


def network():
    random = Random(7)
    layers = []
    for inputs, outputs in zip(SIZES, SIZES[1:]):
        if layers:
            layers.append(torch.nn.Tanh())
        layer = torch.nn.Linear(inputs, outputs)
        limit = math.sqrt(6 / (inputs + outputs))
        with torch.no_grad():
            for row in range(outputs):
                for column in range(inputs):
                    layer.weight[row, column] = (2 * random.unit() - 1) * limit
            layer.bias.zero_()
        layers.append(layer)
    return torch.nn.Sequential(*layers)


def line(name, numbers):
    print(name, *(repr(float(number)) for number in numbers))


SAMPLES = 12
x = torch.tensor([[math.sin(1 + 3 * i + 2 * k) for k in range(3)] for i in range(SAMPLES)])
target = torch.stack([x[:, 0] * x[:, 1] + 0.5 * x[:, 2], torch.cos(2 * x[:, 0]) - x[:, 2]], 1)
classes = torch.softmax(3 * target, 1)
line("x", x.flatten())
line("target", target.flatten())
line("classes", classes.flatten())

mse = torch.nn.functional.mse_loss
huber = lambda y, t: torch.nn.functional.huber_loss(y, t, delta=0.3)
mae = torch.nn.functional.l1_loss
entropy = torch.nn.functional.cross_entropy
SGD, Adam, AdamW, RMSprop = torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW, torch.optim.RMSprop
constant = lambda step: 1

RUNS = [  # name, loss, optimizer, its settings, clipped norm, schedule
    ("sgd", mse, SGD, dict(lr=0.1), None, constant),
    ("momentum", mse, SGD, dict(lr=0.05, momentum=0.9), None, constant),
    ("nesterov", mse, SGD, dict(lr=0.05, momentum=0.9, nesterov=True), None, constant),
    ("decay", mse, SGD, dict(lr=0.1, weight_decay=0.02), None, constant),
    ("adam", mse, Adam, dict(lr=0.01), None, constant),
    ("adam_decay", mse, Adam, dict(lr=0.01, weight_decay=0.05), None, constant),
    ("adamw", mse, AdamW, dict(lr=0.01, weight_decay=0.05), None, constant),
    ("rmsprop", mse, RMSprop, dict(lr=0.01), None, constant),
    ("rmsprop_momentum", mse, RMSprop, dict(lr=0.005, momentum=0.8), None, constant),
    ("huber", huber, Adam, dict(lr=0.01), None, constant),
    ("mae", mae, SGD, dict(lr=0.05), None, constant),
    ("cross_entropy", entropy, Adam, dict(lr=0.02), None, constant),
    ("clipped", mse, SGD, dict(lr=0.1), 0.3, constant),
    ("cosine", mse, SGD, dict(lr=0.1), None, lambda step: (1 + math.cos(math.pi * min(step / 40, 1))) / 2),
    ("stepped", mse, SGD, dict(lr=0.1), None, lambda step: 0.5 ** (step // 20)),
    ("exponential", mse, SGD, dict(lr=0.1), None, lambda step: 0.1 ** (step / 30)),
    ("warm", mse, SGD, dict(lr=0.1), None, lambda step: min((step + 1) / 11, 1)),
]

for name, loss_of, optimizer, settings, norm, schedule in RUNS:
    net = network()
    if name == "sgd":
        line("start", torch.cat([p.detach().flatten() for p in net.parameters()]))
    method = optimizer(net.parameters(), **settings)
    losses = []
    for step in range(50):
        for group in method.param_groups:
            group["lr"] = settings["lr"] * schedule(step)
        method.zero_grad()
        loss = loss_of(net(x), classes if loss_of is entropy else target)
        losses.append(loss.item())
        loss.backward()
        if norm:
            total = math.sqrt(sum((p.grad**2).sum().item() for p in net.parameters()))
            if total > norm:
                for p in net.parameters():
                    p.grad *= norm / total
        method.step()
    line(name + ".losses", losses)
    line(name + ".end", torch.cat([p.detach().flatten() for p in net.parameters()]))
