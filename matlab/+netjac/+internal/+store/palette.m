function colour = palette(k)
  % PALETTE  The k-th of eight colours that the colour-blind can tell apart (Okabe and Ito), as red, green and blue.
  colours = [0 114 178; 230 159 0; 0 158 115; 204 121 167; 86 180 233; 213 94 0; 120 94 240; 110 110 110] / 255;
  colour = colours(mod(k - 1, size(colours, 1)) + 1, :);
end
