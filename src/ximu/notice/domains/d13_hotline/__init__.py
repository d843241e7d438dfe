"""D13 citizen service (市民服务): hotline tickets, five indicators, warnings by unit and topic."""
