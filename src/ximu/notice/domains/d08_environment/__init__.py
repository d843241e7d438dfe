"""Environment (D8): public targets that grade themselves from monitoring data, with every wording that they had."""
