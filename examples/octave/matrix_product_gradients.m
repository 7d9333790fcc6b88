% MATRIX_PRODUCT_GRADIENTS  The gradients of both factors of a product and of its transposed variants.
%
%   octave-cli examples/octave/matrix_product_gradients.m
%
% For C = A*B and a loss with the gradient G by C:  dA = G*B', dB = A'*G. In forward mode: dC = dA*B + A*dB.

function matrix_product_gradients()
  tree = fileparts(fileparts(fileparts(mfilename('fullpath'))));
  warning('off', 'Octave:shadowed-function');
  addpath(fullfile(tree, 'matlab'));

  G = numbers(2, 4, 3);
  check('A*B',     @(A, B) A*B,     numbers(2, 3, 1), numbers(3, 4, 2), G, @(A, B) G*B',   @(A, B) A'*G);
  check('A''*B',   @(A, B) A'*B,    numbers(3, 2, 1), numbers(3, 4, 2), G, @(A, B) B*G',   @(A, B) A*G);
  check('A*B''',   @(A, B) A*B',    numbers(2, 3, 1), numbers(4, 3, 2), G, @(A, B) G*B,    @(A, B) G'*A);
  check('A''*B''', @(A, B) A'*B',   numbers(3, 2, 1), numbers(4, 3, 2), G, @(A, B) B'*G',  @(A, B) G'*A');
end

function check(name, product, A0, B0, G, formulaA, formulaB)
  g = netjac.Graph;
  A = g.input('A', size(A0));
  B = g.input('B', size(B0));
  C = product(A, B);
  loss = sum(sum(G .* C));
  d = gradients(loss, {A, B});
  [tangentA, tangentB] = deal(numbers(size(A0, 1), size(A0, 2), 7), numbers(size(B0, 1), size(B0, 2), 8));
  direction = jvp(C, {A, B}, {tangentA, tangentB});
  f = g.evaluator({A, B}, {d{:}, direction});
  [dA, dB, dC] = f(A0, B0);

  scalar = @(A, B) sum(sum(G .* product(A, B)));
  numericA = netjac.numericalGradient(@(A) scalar(A, B0), A0);
  numericB = netjac.numericalGradient(@(B) scalar(A0, B), B0);
  forwardFormula = product(tangentA, B0) + product(A0, tangentB);
  errors = [difference(dA, formulaA(A0, B0)), difference(dA, numericA), ...
            difference(dB, formulaB(A0, B0)), difference(dB, numericB), difference(dC, forwardFormula)];
  fprintf('%-6s dA: %.0e from the formula, %.0e from differences; dB: %.0e, %.0e; forward mode: %.0e\n', name, errors);
  assert(all(errors([1 3 5]) < 1e-14) && all(errors([2 4]) < 1e-9));
end

function e = difference(found, expected)
  assert(isequal(size(found), size(expected)));
  e = max(abs(found(:) - expected(:)));
end

function A = numbers(rows, columns, seed)
  A = sin(reshape(1:rows * columns, rows, columns) * 1.7 + seed);
end

matrix_product_gradients();
