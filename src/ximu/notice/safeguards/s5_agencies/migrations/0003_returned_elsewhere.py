from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('s5_agencies', '0002_returns'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='contract',
            name='s5_contract_checked_pair',
        ),
        migrations.RemoveConstraint(
            model_name='contract',
            name='s5_contract_two_people',
        ),
        migrations.RemoveField(
            model_name='contract',
            name='checked_at',
        ),
        migrations.RemoveField(
            model_name='contract',
            name='checked_by',
        ),
        migrations.RemoveField(
            model_name='contract',
            name='exit_log_index',
        ),
        migrations.RemoveField(
            model_name='contract',
            name='return_proof',
        ),
        migrations.RemoveField(
            model_name='contract',
            name='returned_by',
        ),
        migrations.RemoveField(
            model_name='contract',
            name='returned_on',
        ),
    ]
