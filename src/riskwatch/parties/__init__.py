"""Who takes part: people, offices, centres, bodies, panels, operators, and the posts people hold in them."""
