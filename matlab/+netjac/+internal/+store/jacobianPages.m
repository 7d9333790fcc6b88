function pages = jacobianPages(columns, m, n)
  % JACOBIANPAGES  Jacobians as m-by-n-by-N, of columns that hold them row-major, as stores do.
  pages = permute(reshape(columns, [n, m, size(columns, 2)]), [2 1 3]);
end
