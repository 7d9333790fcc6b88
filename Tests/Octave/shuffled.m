function order = shuffled(count, seed)
  % SHUFFLED  A permutation of 1:count that depends on the seed only, and leaves rand alone.
  modulus = 2147483647;
  keys = mod((1:count) + 7919 * (mod(seed, 2 ^ 20) + 1), modulus);
  for pass = 1:4
    keys = mod(48271 * keys, modulus);           % exact: below 2^53
    keys = bitxor(keys, floor(keys / 32768));
  end
  [~, order] = sort(keys);
end
