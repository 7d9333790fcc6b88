function [names, units] = scalarNames(variables)
  % SCALARNAMES  Name and unit of every scalar of x or y: name, or name_1, name_2, ... for a vector.
  names = {};
  units = {};
  for v = reshape(variables, 1, [])
    for k = 1:v.size
      names{end + 1} = v.name;
      if v.size > 1
        names{end} = sprintf('%s_%d', v.name, k);
      end
      units{end + 1} = v.unit;
    end
  end
end
